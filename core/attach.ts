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
  /** The case that the finding was attached to last, open or not, and its place there. */
  standing(source: string, id: string): Promise<{ caseId: string; seq: number } | null>;
  /** The case, its aliases and its first finding, if none of them is there. */
  insert(opened: Case, first: AttachedFinding): Promise<boolean>;
  /** A further finding, if the case still stands as it was read; aliases that point nowhere are added. */
  join(found: Case, changes: Partial<Case>, finding: AttachedFinding, aliases: string[]): Promise<boolean>;
  /** The changes, if the case still is at its run and version, and as sealed as it was; aliases that point nowhere are added. */
  advance(found: Case, changes: Partial<Case>, aliases?: string[]): Promise<boolean>;
}

/**
 * Attaches a finding to the one open case of its identity, or opens it. May come twice, late, or beside another.
 *
 * - A repeat (same source and id) is the same finding: it starts nothing anew, whatever became of its case.
 * - A repeat that was seen after its case was closed joins the open case, or reopens its own: what it reports goes on.
 * - A parked case starts its next run for a new finding.
 */
export async function attachFinding(
  rows: CaseRows,
  finding: Finding,
  receivedAt: string,
  mode: Settings['mode'],
): Promise<Attachment> {
  return (await place(rows, finding, receivedAt, mode, true)) as Attachment;
}

/** Attaches a finding that may open no case: null where its identity has none open. */
export const joinFinding = (
  rows: CaseRows,
  finding: Finding,
  receivedAt: string,
  mode: Settings['mode'],
): Promise<Attachment | null> => place(rows, finding, receivedAt, mode, false);

/** The open case that a finding which may open none would join. What was simulated is no news to a real case, nor real news to a drill. */
export async function caseFor(rows: CaseRows, { identity, simulated }: Finding): Promise<Case | null> {
  const found = await rows.openCaseOf(strongestFirst(identity.aliases));
  return found?.simulated === simulated ? found : null;
}

async function place(
  rows: CaseRows,
  finding: Finding,
  receivedAt: string,
  mode: Settings['mode'],
  opens: boolean,
): Promise<Attachment | null> {
  for (let tries = 0; tries < 12; tries += 1) {
    const aliases = strongestFirst(finding.identity.aliases);
    const fresh = openCase(finding, receivedAt, mode);
    const standing = await rows.standing(finding.source, finding.id);
    const home = standing && (await rows.load(standing.caseId));
    if (home && !seenAfterClosing(finding, home)) {
      const waiting = home.stage !== 'closed' && standing.seq > home.taken;
      return { caseId: home.id, run: home.run, outcome: 'repeated', waiting };
    }
    const found = opens ? ((await rows.openCaseOf(aliases)) ?? home) : await caseFor(rows, finding);
    if (!found && !opens) return null;
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
  if (found.closing) return { caseId: found.id, run: found.run, outcome: 'closing', waiting: false };
  const closed = found.stage === 'closed';
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
    ...(run > found.run && { run, mode, ...anew(found) }),
  };
  const aliases = closed ? (changes.identity?.aliases ?? []) : finding.identity.aliases;
  const joined = await rows.join(found, changes, attachedAs(finding, receivedAt, seq), aliases);
  return joined && { caseId: found.id, run, outcome: 'joined', waiting: true };
}

const seenAfterClosing = ({ observedAt }: Finding, { stage, closedAt, updatedAt }: Case) =>
  stage === 'closed' && Date.parse(observedAt) > Date.parse(closedAt ?? updatedAt);

/**
 * What a case begins its next run with. The intents of a rotation go: hours later a key that is not in their list may
 * be anybody's, and would be deleted as the orphan of a crash.
 */
export const anew = ({ work: { before = {}, calls } }: Case): Partial<Case> => ({
  stage: 'opened',
  facts: {},
  work: { before, ...(calls && { calls }) },
});

/**
 * Opens the next run of a case whose run has ended without finishing it: it died while it wrote its last record, or it
 * was stopped and a finding waits. Answers the run that the case is at now.
 */
export async function nextRun(rows: CaseRows, caseId: string, run: number): Promise<number> {
  const found = await rows.load(caseId);
  if (found?.run === run && (found.closing || found.attached > found.taken))
    await rows.advance(found, { run: run + 1, closing: false, ...anew(found) });
  return (await rows.load(caseId))?.run ?? run;
}

/** A case that began with a key alone learns whose it is from a finding that says so. */
function strongerIdentity(found: Case, finding: Finding): Case['identity'] {
  const [first] = strongestFirst([found.identity.key, finding.identity.key]);
  return first === found.identity.key ? found.identity : finding.identity;
}
