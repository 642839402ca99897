import type { Case, RecordRef } from '#core/case';
import { sha256 } from '#core/digest';
import { RescindError } from '#core/error';
import type { EvidenceStore, Signer } from '#core/ports';
import { chained } from '#core/run/chain';
import { type Draft, readRecord, recordKey, writeRecord } from '#core/run/record';
import type { Surroundings } from '#core/run/run-step';
import type { Facts, TakenBack } from '#core/step-facts';
import type { CallRecord, RecordPredicate } from '#verifier/format';
import { type TakeBackPorts, takeBack } from './take-back.ts';

export interface RollbackOrder {
  caseId: string;
  /** As whoever asked claims to be. */
  by: string;
  /** ARN of the execution. */
  execution: string;
}

export type RolledBack =
  | { outcome: 'refused' | 'nothing-left'; caseId: string; reason: string }
  | { outcome: 'rolled-back'; caseId: string; record: number; items: TakenBack[] };

/** What an attempt leaves that died between the change and its record. */
export const halfDone = 'a rollback has begun and no record tells of it; run it again once the case rests';

type Around = Omit<Surroundings, 'ports'> & { ports: TakeBackPorts };

/**
 * Takes back what a case has changed, and writes the record of it. Only while no run of the case is active; a run that
 * begins meanwhile wins, and finds the record in its chain.
 */
export async function rollBack({ caseId, by, execution }: RollbackOrder, around: Around): Promise<RolledBack> {
  const { register, ports } = around;
  const found = await register.load(caseId);
  const isActive = (found.stage !== 'closed' && found.stage !== 'parked') || found.closing;
  // What it has taken back is in no record yet: its execution must not end green.
  if (isActive && found.work.undoing) throw new RescindError('CASE_CHANGED', `${caseId}: ${halfDone}`);
  if (isActive)
    return { outcome: 'refused', caseId, reason: `run ${found.run} of the case is active (stage ${found.stage})` };
  const records = await recordsOf(found, around);
  // Claims the version, so that whoever else has begun to write the case is found out, and says what will be tried.
  const isAgain = found.work.undoing !== undefined;
  const claimed = await change(found, { work: { ...found.work, undoing: { claimedBy: by, execution } } }, around);

  const occurredAt = ports.now().toISOString();
  let items: TakenBack[];
  try {
    items = (await takeBack(claimed, records, ports)).map((item) => (isAgain ? doubtful(item) : item));
  } catch (failure) {
    const calls = [...(claimed.work.calls ?? []), ...around.takeCalls()];
    // Where they cannot be stored either, the failure itself is the one to be told.
    await change(claimed, { work: { ...claimed.work, calls } }, around).catch(() => undefined);
    throw failure;
  }
  const calls = around.takeCalls();
  if (items.every(({ outcome }) => outcome === 'kept') && !isAgain) {
    const { undoing: _, ...work } = claimed.work;
    await change(claimed, { work }, around);
    return { outcome: 'nothing-left', caseId, reason: nothingLeft(items) };
  }
  const facts = { claimedBy: by, execution, items };
  const raws = [...new Set((await register.findings(caseId)).map(({ raw }) => raw))];
  return tell(claimed, { facts, raws, occurredAt }, calls, around);
}

const change = async (found: Case, changes: Partial<Case>, { register }: Around): Promise<Case> =>
  (await register.update(found, changes)) as Case;

/**
 * Writes the record of what was done. A finding may have opened the next run meanwhile: the record is written all the
 * same, as that run's, which takes it into its chain with its own next one.
 */
async function tell(
  claimed: Case,
  done: Pick<Draft<'rollback'>, 'raws' | 'occurredAt'> & { facts: NonNullable<Facts['rollback']> },
  calls: CallRecord[],
  around: Around,
): Promise<RolledBack> {
  for (let found = claimed, tries = 1; ; found = await around.register.load(claimed.id), tries += 1) {
    const isResting = found.stage === 'parked' || found.stage === 'closed';
    const known = found.run === claimed.run ? (found.work.calls ?? []) : [];
    const draft = {
      ...done,
      step: 'rollback' as const,
      calls: [...known, ...calls],
      recordedAt: around.ports.now().toISOString(),
      actor: await around.actor(),
      closes: found.stage === 'closed',
    };
    around.guard(JSON.stringify(draft));
    try {
      // So that what was asked of AWS is told by somebody, even if this attempt dies here.
      const standing = isResting ? await change(found, { work: { ...found.work, calls: draft.calls } }, around) : found;
      const written = await writeRecord(standing, standing.records, draft, around);
      // Of an attempt that died after writing it, where there is one: it saw what there was to take back.
      const told = (written.at(-1)?.predicate.facts ?? done.facts) as NonNullable<Facts['rollback']>;
      await around.notify({
        what: 'rolled-back',
        caseId: found.id,
        summary: { identity: found.identity.key, claimedBy: told.claimedBy, items: told.items.map(sentence) },
      });
      const { calls: _calls, undoing: _undoing, ...work } = standing.work;
      const chain = chained({ ...standing, work }, written);
      if (isResting) await change(standing, chain, around);
      return { outcome: 'rolled-back', caseId: found.id, record: chain.records.length, items: told.items };
    } catch (error) {
      if (!(error instanceof RescindError) || error.code !== 'CASE_CHANGED' || tries === 5) throw error;
    }
  }
}

/** An attempt of before died between the change and its record. */
const doubtful = (item: TakenBack): TakenBack =>
  item.outcome === 'already-gone'
    ? { ...item, reason: `${item.reason}; a rollback that ended before its record may have taken it back` }
    : item;
const sentence = ({ action, credential, outcome }: TakenBack) => `${action} of ${credential}: ${outcome}`;
const nothingLeft = (items: TakenBack[]) =>
  items.length === 0
    ? 'the records of the case tell of no change that stands'
    : `what stands is never taken back: ${items.map(({ credential, reason }) => `${credential}: ${reason}`).join('; ')}`;

/** The records as stored; one that is not the one that the register names stops here, before anything is touched. */
async function recordsOf(
  { id, records }: Case,
  { evidence, signer }: { evidence: EvidenceStore; signer: Signer },
): Promise<RecordPredicate[]> {
  return Promise.all(
    records.map(async ({ number, sha256: expected }: RecordRef) => {
      const key = recordKey(id, number);
      const bytes = await evidence.get(key);
      if (!bytes || sha256(bytes) !== expected) throw new RescindError('RECORD_CHANGED', key);
      return readRecord(bytes, id, number, signer);
    }),
  );
}
