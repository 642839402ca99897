import type { Case } from '#core/case';
import { sha256 } from '#core/digest';
import { RescindError } from '#core/error';
import { meant } from '#core/facts/meant';
import { type Finding, signals } from '#core/finding';
import { caseIdOf } from '#core/ids';
import type { EvidenceStore, Ports } from '#core/ports';
import type { Register } from '#core/register';
import { isNewKey } from '#core/sources/cloudtrail';
import { readEvent } from '#core/sources/read';
import type { ReadingSettings } from '#core/sources/source';
import { isProvider } from '#core/sources/subjects';
import type { AttachedFinding } from '#core/step-facts';

/** Where the bytes of an event are kept as they were received. */
export const rawKey = (digest: string): string => `raw/${digest}`;

/** A case reads at most this many of its findings again: a flood must not stop the cut. */
const most = 50;

/**
 * The first; the newest keys that the identity has made for itself, and the newest of each type; then signal by signal,
 * the strongest before: the newest of each long-term key that is named, of each session, and then the newest of all. Who
 * makes the flood must not choose what is left out.
 */
function readAgain(all: AttachedFinding[]): AttachedFinding[] {
  const [first, ...others] = all;
  if (!first || all.length <= most) return all;
  const newest = others.toSorted((a, b) => b.seq - a.seq);
  const made = firstOfEach(newest.filter(isNewKey), ({ about }) => about).slice(0, most / 5);
  const types = firstOfEach(newest.toSorted(byUrgency), ({ source, type }) => `${source} ${type}`).slice(0, most / 3);
  const bySignal = signals.toReversed().flatMap((signal) => {
    const same = newest.filter((each) => each.signal === signal);
    const named = firstOfEach(same, ({ about }) => about);
    const isKey = ({ about }: AttachedFinding) => about?.startsWith('AKIA') === true;
    return [...named.filter(isKey), ...named.filter((each) => !isKey(each)), ...same];
  });
  const chosen = [...new Set([...made, ...types, ...bySignal])].slice(0, most - 1);
  return [first, ...chosen.toSorted((a, b) => a.seq - b.seq)];
}

const byUrgency = (a: AttachedFinding, b: AttachedFinding) => signals.indexOf(b.signal) - signals.indexOf(a.signal);

/** Those without a key are left out. */
function firstOfEach(all: AttachedFinding[], keyOf: (each: AttachedFinding) => string | undefined): AttachedFinding[] {
  const seen = new Set<string>();
  return all.filter((each) => {
    const key = keyOf(each);
    return key !== undefined && !seen.has(key) && seen.add(key);
  });
}

export interface StoredFindings {
  findings: Finding[];
  /** How many more there are. */
  unread: number;
  /** How many of those are more than advisory and of another type, or about another credential, than any that is read. */
  unweighed: number;
  raws: string[];
  attached: AttachedFinding[];
  /** Who the case is about, by the bytes and not by the register. */
  subject: Pick<Case, 'identity' | 'account'>;
}

/**
 * The findings that the run has taken, normalised again from the stored bytes: no step trusts what the register says
 * of them. Bytes whose digest is not the one they are stored under, that no longer name the finding, or that came over
 * the other bus, stop the run.
 */
export async function readFindings(
  found: Case,
  { register, evidence, ports }: { register: Register; evidence: EvidenceStore; ports: Pick<Ports, 'deployment'> },
): Promise<StoredFindings> {
  const all = (await register.findings(found.id)).filter(({ seq }) => seq <= found.taken);
  const attached = readAgain(all);
  const raws = [...new Set(attached.map(({ raw }) => raw))];
  const read = await Promise.all(raws.map((raw) => readRaw(raw, evidence, ports.deployment.settings)));
  const findings = read.flat().filter((finding) => attached.some(isSame(finding)));
  for (const row of attached)
    if (!findings.some((finding) => isSame(finding)(row)))
      throw new RescindError('FINDING_UNREADABLE', `${row.source} ${row.id} of ${found.id}`);
  const stray = findings.find(({ simulated }) => simulated !== found.simulated);
  if (stray)
    throw new RescindError(
      'FINDING_UNREADABLE',
      `${stray.source} ${stray.id}: a drill and what is real, in ${found.id}`,
    );
  const opens = ({ identity, id, simulated }: Finding) => caseIdOf(identity.key, id, simulated) === found.id;
  // Who the subject of an identity provider is, the settings say: whoever leaves its table must not shield anybody.
  if (!attached.some(({ seq, source }) => seq === 1 && isProvider(source)) && !findings.some(opens))
    throw new RescindError('FINDING_UNREADABLE', `no stored finding gives the case id ${found.id}`);
  const [first] = meant(findings);
  const { identity, account } = first as Finding;
  const subject = { identity: { ...identity, aliases: found.identity.aliases }, account };
  const says = ({ source, type, about }: AttachedFinding) => `${source} ${type} ${about}`;
  const said = new Set(attached.map(says));
  const left = all.filter((row) => !attached.includes(row));
  const unweighed = left.filter((row) => (row.signal !== 'advisory' || isNewKey(row)) && !said.has(says(row))).length;
  return { findings, unread: left.length, unweighed, raws, attached, subject };
}

/** One event may hold findings of other cases, and one finding may have come in several versions. */
const isSame =
  ({ source, id, raw }: Pick<Finding, 'source' | 'id' | 'raw'>) =>
  (row: AttachedFinding): boolean =>
    row.source === source && row.id === id && row.raw === raw;

async function readRaw(raw: string, evidence: EvidenceStore, lists: ReadingSettings): Promise<Finding[]> {
  const bytes = await evidence.get(rawKey(raw));
  if (!bytes || sha256(bytes) !== raw) throw new RescindError('RAW_CHANGED', rawKey(raw));
  return findingsIn(bytes, lists);
}

export const findingsIn = (event: Uint8Array | string, lists: ReadingSettings): Finding[] =>
  readEvent(event, { lists }).flatMap((reading) => (reading.outcome === 'finding' ? [reading.finding] : []));
