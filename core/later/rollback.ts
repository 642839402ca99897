import type { Case, RecordRef } from '#core/case';
import { sha256 } from '#core/digest';
import { RescindError } from '#core/error';
import type { EvidenceStore, Signer } from '#core/ports';
import { cutsAfter } from '#core/run/cuts';
import { readRecord, recordKey, writeRecord } from '#core/run/record';
import type { Surroundings } from '#core/run/run-step';
import type { Facts, TakenBack } from '#core/step-facts';
import type { RecordPredicate } from '#verifier/format';
import { takeBack } from './take-back.ts';

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

type Around = Omit<Surroundings, 'ports'> & { ports: Pick<Surroundings['ports'], 'aws' | 'now'> };

/**
 * Takes back what a case has changed, and writes the record of it. Only while no run of the case is active; a run that
 * begins meanwhile wins, and finds the record in its chain.
 */
export async function rollBack({ caseId, by, execution }: RollbackOrder, around: Around): Promise<RolledBack> {
  const { register, ports } = around;
  const found = await register.load(caseId);
  const isClosed = found.stage === 'closed';
  if ((!isClosed && found.stage !== 'parked') || found.closing)
    return { outcome: 'refused', caseId, reason: `run ${found.run} of the case is active (stage ${found.stage})` };
  const records = await recordsOf(found, around);
  const change = async (standing: Case, changes: Partial<Case>) => (await register.update(standing, changes)) as Case;
  // Claims the version, so that whoever else has begun to write the case is found out, and says what will be tried.
  const isAgain = found.work.undoing !== undefined;
  let current = await change(found, { work: { ...found.work, undoing: { claimedBy: by, execution } } });

  const occurredAt = ports.now().toISOString();
  const keepCalls = async () => {
    const calls = [...(current.work.calls ?? []), ...around.takeCalls()];
    current = await change(current, { work: { ...current.work, calls } });
  };
  let items: TakenBack[];
  try {
    items = (await takeBack(found, records, ports.aws)).map((item) => (isAgain ? doubtful(item) : item));
  } catch (failure) {
    await keepCalls().catch(() => undefined);
    throw failure;
  }
  await keepCalls();
  const { calls = [], undoing: _, ...work } = current.work;
  if (items.every(({ outcome }) => outcome === 'kept') && !isAgain) {
    await change(current, { work: { ...work, ...(found.work.calls && { calls: found.work.calls }) } });
    return { outcome: 'nothing-left', caseId, reason: nothingLeft(items) };
  }

  const facts = { claimedBy: by, execution, items };
  const raws = [...new Set((await register.findings(caseId)).map(({ raw }) => raw))];
  const recordedAt = ports.now().toISOString();
  const draft = {
    step: 'rollback' as const,
    facts,
    calls,
    raws,
    occurredAt,
    recordedAt,
    actor: await around.actor(),
    closes: isClosed,
  };
  around.guard(JSON.stringify(draft));
  const written = await writeRecord(current, current.records, draft, around);
  const refs = [...current.records, ...written.map(({ ref }) => ref)];
  // Of an attempt that died after writing it, where there is one: it saw what there was to take back.
  const told = (written.at(-1)?.predicate.facts ?? facts) as NonNullable<Facts['rollback']>;
  await around.notify({
    what: 'rolled-back',
    caseId,
    summary: { identity: found.identity.key, claimedBy: by, items: told.items.map(sentence) },
  });
  const cuts = written.reduce((standing, { predicate }) => cutsAfter(standing, predicate), current.cuts);
  current = await change(current, { records: refs, cuts, facts: { ...current.facts, rollback: told }, work });
  return { outcome: 'rolled-back', caseId, record: refs.length, items: told.items };
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
