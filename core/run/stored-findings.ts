import type { Case } from '#core/case';
import { sha256 } from '#core/digest';
import { RescindError } from '#core/error';
import { meant } from '#core/facts/meant';
import { type Finding, signals } from '#core/finding';
import { caseIdOf } from '#core/ids';
import type { EvidenceStore, Ports } from '#core/ports';
import type { Register } from '#core/register';
import { readEvent } from '#core/sources/read';
import type { ReadingSettings } from '#core/sources/source';
import type { AttachedFinding } from '#core/step-facts';

/** Where the bytes of an event are kept as they were received. */
export const rawKey = (digest: string): string => `raw/${digest}`;

/** A case reads at most this many of its findings again: a flood must not stop the cut. */
const most = 50;

/**
 * The first, then signal by signal, the strongest before: the newest of each long-term key that is named, of each
 * session, and then the newest of all. Who makes the flood must not choose what is left out.
 */
function readAgain(all: AttachedFinding[]): AttachedFinding[] {
  const [first, ...others] = all;
  if (!first || all.length <= most) return all;
  const chosen = signals.toReversed().flatMap((signal) => {
    const newest = others.filter((each) => each.signal === signal).toSorted((a, b) => b.seq - a.seq);
    const seen = new Set<string>();
    const named = newest.filter(({ about }) => about !== undefined && !seen.has(about) && seen.add(about));
    const isKey = ({ about }: AttachedFinding) => about?.startsWith('AKIA') === true;
    return [...named.filter(isKey), ...named.filter((each) => !isKey(each)), ...newest];
  });
  return [first, ...[...new Set(chosen)].slice(0, most - 1).toSorted((a, b) => a.seq - b.seq)];
}

export interface StoredFindings {
  findings: Finding[];
  /** How many more there are. */
  unread: number;
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
  if (!findings.some(({ identity, id, simulated }) => caseIdOf(identity.key, id, simulated) === found.id))
    throw new RescindError('FINDING_UNREADABLE', `no stored finding gives the case id ${found.id}`);
  const [first] = meant(findings);
  const { identity, account } = first as Finding;
  const subject = { identity: { ...identity, aliases: found.identity.aliases }, account };
  return { findings, unread: all.length - attached.length, raws, attached, subject };
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
