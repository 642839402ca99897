import type { AttachedFinding, Case } from '#core/case';
import { type Finding, stronger } from '#core/finding';
import { attachedAs, openCase, strongestFirst } from '#core/open-case';
import type { Attachment } from '#core/ports';
import type { Settings } from '#core/settings';

/** What the register can be asked, one conditional write each; a write answers false where somebody was first. */
export interface CaseRows {
  /** The open case that one of the aliases points to. */
  openCaseOf(aliases: string[]): Promise<Case | null>;
  load(caseId: string): Promise<Case | null>;
  finding(caseId: string, source: string, id: string): Promise<AttachedFinding | null>;
  /** The case, its aliases and its first finding, if none of them is there. */
  insert(opened: Case, first: AttachedFinding): Promise<boolean>;
  /** A further finding, if the case still stands as it was read; aliases that point nowhere are added. */
  join(found: Case, changes: Partial<Case>, finding: AttachedFinding, aliases: string[]): Promise<boolean>;
}

/**
 * Attaches a finding to the one open case of its identity, or opens it. May come twice, late, or beside another.
 *
 * - A repeat (same source and id) is the same finding: it starts nothing anew while its case is open.
 * - A repeat that was seen after its case was closed reopens it: what it reports goes on.
 * - A parked case starts its next run for a new finding.
 */
export async function attachFinding(
  rows: CaseRows,
  finding: Finding,
  receivedAt: string,
  mode: Settings['mode'],
): Promise<Attachment> {
  for (let tries = 0; tries < 12; tries += 1) {
    const aliases = strongestFirst(finding.identity.aliases);
    const fresh = openCase(finding, receivedAt, mode);
    const found = (await rows.openCaseOf(aliases)) ?? (await rows.load(fresh.id));
    const attachment = found
      ? await joinCase(rows, found, finding, receivedAt, mode)
      : (await rows.insert(fresh, attachedAs(finding, receivedAt, 1))) &&
        ({ caseId: fresh.id, run: 1, outcome: 'opened', waiting: true } as const);
    if (attachment) return attachment;
  }
  throw new Error(`finding ${finding.id}: too many others write its case; it stays in the queue`);
}

async function joinCase(
  rows: CaseRows,
  found: Case,
  finding: Finding,
  receivedAt: string,
  mode: Settings['mode'],
): Promise<Attachment | false> {
  const standing = await rows.finding(found.id, finding.source, finding.id);
  const closed = found.stage === 'closed';
  const anew = closed && Date.parse(finding.observedAt) > Date.parse(found.closedAt ?? found.updatedAt);
  if (standing && !anew)
    return { caseId: found.id, run: found.run, outcome: 'repeated', waiting: !closed && standing.seq > found.taken };
  if (found.closing) return { caseId: found.id, run: found.run, outcome: 'closing', waiting: false };

  const run = closed || found.stage === 'parked' ? found.run + 1 : found.run;
  const seq = found.attached + 1;
  const changes: Partial<Case> = {
    attached: seq,
    signal: closed ? finding.signal : stronger(found.signal, finding.signal),
    identity: {
      ...strongerIdentity(found, finding),
      aliases: [...new Set([...found.identity.aliases, ...finding.identity.aliases])].toSorted(),
    },
    simulated: found.simulated && finding.simulated,
    ...(run > found.run && { run, stage: 'opened', mode, facts: {}, work: { before: found.work.before ?? {} } }),
  };
  const aliases = closed ? (changes.identity?.aliases ?? []) : finding.identity.aliases;
  const joined = await rows.join(found, changes, attachedAs(finding, receivedAt, seq), aliases);
  return joined && { caseId: found.id, run, outcome: 'joined', waiting: true };
}

/** A case that began with a key alone learns whose it is from a finding that says so. */
function strongerIdentity(found: Case, finding: Finding): Case['identity'] {
  const [first] = strongestFirst([found.identity.key, finding.identity.key]);
  return first === found.identity.key ? found.identity : finding.identity;
}
