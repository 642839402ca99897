import type { Case } from '#core/case';
import { type Finding, stronger } from '#core/finding';
import { keyAlone, namesActor, strongestFirst } from '#core/identity-keys';
import type { Attachment } from '#core/register';
import type { Settings } from '#core/settings';
import { tellsOfKey } from '#core/sources/cloudtrail';
import type { AttachedFinding } from '#core/step-facts';
import { aliasesOf, attachedAs, openCase } from './open-case.ts';
import { type Standing, standingAfter, tellsMore, versionOf } from './standing.ts';

/** What the register can be asked, one conditional write each; a write answers false where somebody was first. */
export interface CaseRows {
  /** Those of the aliases that point to an open case, in their order, each with that case. */
  pointers(aliases: string[], simulated: boolean): Promise<Pointer[]>;
  load(caseId: string): Promise<Case | null>;
  standing(finding: Pick<Finding, 'source' | 'id' | 'simulated'>): Promise<Standing | null>;
  /** The case, these of its aliases and its first finding, if none of them is there. */
  insert(opened: Case, first: Attaching, aliases: string[]): Promise<boolean>;
  /** A further finding, if case and finding still stand as they were read; aliases that point nowhere are added. */
  join(found: Case, changes: Partial<Case>, further: Attaching, aliases: string[]): Promise<boolean>;
  /** The changes, if the case still is at its run and version, and as sealed as it was; aliases that point nowhere are added. */
  advance(found: Case, changes: Partial<Case>, aliases?: string[]): Promise<boolean>;
}

export interface Pointer {
  alias: string;
  found: Case;
}

/** A finding on its way into a case. */
export interface Attaching {
  finding: AttachedFinding;
  /** Its row in the case, beside those of its other versions. */
  version: string;
  /** What is known of it by its id: as it was read, and from now on. */
  before: Standing | null;
  after: Standing;
}

/**
 * Attaches a finding to the one open case of its identity, or opens it. May come twice, late, or beside another.
 *
 * - A repeat (same source and id) is the same finding: it starts nothing anew, whatever became of its case.
 * - A repeat that names more, or was seen after the last cut of its closed case, joins the open case of its identity, or
 *   its own, closed or not: what it reports goes on. One that is about somebody else by now is like any other finding.
 * - A case about somebody is joined by nothing that names another, whatever key the two are said to share.
 * - What is advisory is noted, and starts nothing. The next finding that is more begins the first run of that case.
 * - A parked case starts its next run for a new finding that is more than advisory, and for a new key.
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

/** The case that a finding would join that may open none: not one that is only noted. */
export const caseFor = async (rows: CaseRows, finding: Finding): Promise<Case | null> => {
  const open = joinable(await pointersOf(rows, finding), finding);
  return open?.stage === 'noted' ? null : open;
};

const pointersOf = (rows: CaseRows, { identity, simulated }: Finding) =>
  rows.pointers(strongestFirst(identity.aliases), simulated);

const joinable = (pointers: Pointer[], finding: Finding): Case | null =>
  pointers.find(
    ({ alias, found }) =>
      !isKeyOfNobodyKnown(found, finding) && (alias === finding.identity.key || !isOfAnother(found, finding)),
  )?.found ?? null;

/**
 * A key alone, and a case of somebody who is only said to hold it: who has that told of a key would have its case absorb
 * what is found about himself. It joins where IAM has listed the key as his, or the case is as urgent.
 */
function isKeyOfNobodyKnown({ identity, facts, signal }: Case, finding: Finding): boolean {
  const keyId = keyAlone(finding.identity);
  if (!keyId || !identity.aliases.some(namesActor)) return false;
  const user = facts.contain?.user;
  return user ? !user.keys.some(({ id }) => id === keyId) : stronger(signal, finding.signal) !== signal;
}

/** A key that two actors are said to share must neither shield the one in the other's case nor cut the other. */
const isOfAnother = ({ identity: { aliases } }: Case, { identity: { key } }: Finding): boolean =>
  namesActor(key) && !aliases.includes(key) && aliases.some(namesActor);

/** What stands of a finding that tells nothing new; null where it is to be attached. */
export const repeatOf = async (rows: CaseRows, finding: Finding): Promise<Repeat | null> =>
  (await known(rows, finding)).repeat;

type Repeat = Attachment & { outcome: 'repeated' };

async function known(rows: CaseRows, finding: Finding) {
  const before = await rows.standing(finding);
  const home = before && (await rows.load(before.caseId));
  if (!home || tellsMore(finding, before) || seenAfterCut(finding, home, before)) return { before, home, repeat: null };
  const waiting = home.stage !== 'closed' && home.stage !== 'noted' && before.seq > home.taken;
  const repeat: Repeat = { caseId: home.id, run: home.run, outcome: 'repeated', waiting };
  return { before, home, repeat };
}

async function place(
  rows: CaseRows,
  finding: Finding,
  receivedAt: string,
  mode: Settings['mode'],
  opens: boolean,
): Promise<Attachment | null> {
  for (let tries = 0; tries < 12; tries += 1) {
    const { before, home, repeat } = await known(rows, finding);
    if (repeat) return repeat;
    const attaching = (caseId: string, seq: number): Attaching => ({
      finding: attachedAs(finding, receivedAt, seq),
      version: versionOf(finding, seq),
      before,
      after: standingAfter(finding, caseId, seq, before),
    });
    const pointers = await pointersOf(rows, finding);
    const open = joinable(pointers, finding);
    if ((!open || open.stage === 'noted') && !opens) return null;
    const fresh = openCase(finding, receivedAt, mode);
    const found = open ?? (home && !isOfAnother(home, finding) ? home : await rows.load(fresh.id));
    const free = fresh.identity.aliases.filter((name) => !pointers.some(({ alias }) => alias === name));
    const attachment = found
      ? await joinCase(rows, found, finding, mode, attaching(found.id, found.attached + 1))
      : (await rows.insert(fresh, attaching(fresh.id, 1), free)) &&
        ({ caseId: fresh.id, run: 1, outcome: 'opened', waiting: fresh.stage !== 'noted' } as const);
    if (attachment) return attachment;
  }
  throw new Error(`finding ${finding.id}: too many others write its case; it stays in the queue`);
}

async function joinCase(
  rows: CaseRows,
  found: Case,
  finding: Finding,
  mode: Settings['mode'],
  attaching: Attaching,
): Promise<Attachment | false> {
  if (found.closing) return { caseId: found.id, run: found.run, outcome: 'closing', waiting: false };
  const closed = found.stage === 'closed';
  // A row of the register holds 400 KB, records of all runs among them: what cannot cut by itself waits for people then.
  const isFull = found.records.length >= mostRecords && finding.signal !== 'immediate';
  const asks = finding.signal !== 'advisory' || tellsOfKey(finding);
  const noted = found.stage === 'noted';
  const starts = closed || (found.stage === 'parked' && asks && !isFull);
  const begins = noted && finding.signal !== 'advisory';
  const run = starts ? found.run + 1 : found.run;
  const identity = identityAfter(found, finding);
  const changes: Partial<Case> = {
    attached: attaching.finding.seq,
    signal: closed ? finding.signal : stronger(found.signal, finding.signal),
    identity,
    ...(run > found.run && { run, mode, ...anew(found) }),
    ...(begins && { mode, stage: 'opened' }),
  };
  const own = identity.aliases.filter((alias) => closed || finding.identity.aliases.includes(alias));
  const joined = await rows.join(found, changes, attaching, own);
  return (
    joined && {
      caseId: found.id,
      run,
      outcome: 'joined',
      waiting: starts || (noted ? begins : found.stage !== 'parked'),
    }
  );
}

/** Some 500 runs of a parked case that nobody has come for. */
const mostRecords = 2000;

/**
 * Not the closing: whoever goes on between the two has not been stopped by the cut. What is only to be recorded has been,
 * whatever was cut beside it: a control is told of as failed day after day.
 */
const seenAfterCut = (
  { observedAt }: Finding,
  { stage, cuts, closedAt, updatedAt }: Case,
  { signal }: Standing,
): boolean => {
  if (signal === 'advisory') return false;
  const lastCut = cuts
    .flatMap(({ cutAt }) => cutAt ?? [])
    .toSorted()
    .at(-1);
  return stage === 'closed' && Date.parse(observedAt) > Date.parse(lastCut ?? closedAt ?? updatedAt);
};

/**
 * What a case begins its next run with. The intents of a rotation go: hours later a key that is not in their list may
 * be anybody's, and would be deleted as the orphan of a crash.
 */
export const anew = ({ stage, work: { before = {}, calls, keysBefore, made, undoing } }: Case): Partial<Case> => ({
  stage: 'opened',
  facts: {},
  // Once closed it is about the identity as it is found the next time: its owner may have changed it since.
  ...(stage === 'closed' && { keysBefore: null, accepted: [] }),
  work: {
    before,
    ...(calls && { calls }),
    ...(stage !== 'closed' && keysBefore && { keysBefore }),
    ...(made && { made }),
    ...(undoing && { undoing }),
  },
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

/**
 * A case that began with a key alone learns whose it is from AWS, or from a finding of more urgency. A finding about
 * nobody certain brings it no names, and neither does one that names an actor in vain: those lead to cases of their own.
 * Of one role, a session is what can be cut.
 */
function identityAfter(found: Case, { identity, signal }: Finding): Case['identity'] {
  const isTold = identity.aliases.some((alias) => found.identity.aliases.includes(alias) && namesActor(alias));
  const inVain = keyAlone(found.identity) && !isTold && stronger(found.signal, signal) === found.signal;
  if (inVain && namesActor(identity.key)) return found.identity;
  const [first] = strongestFirst([found.identity.key, identity.key]);
  const brought = identity.kind === 'unknown' ? [] : identity.aliases;
  const aliases = aliasesOf(brought, found.identity.aliases);
  const keeps =
    first === found.identity.key && !(found.identity.kind === 'iam-role' && identity.kind === 'role-session');
  return { ...(keeps ? found.identity : identity), aliases };
}
