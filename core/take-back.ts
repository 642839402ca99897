import * as actions from '#core/actions';
import type { ActionResult, Case, Facts, TakenBack } from '#core/case';
import type { Permission } from '#core/permission';
import { AwsRefusal, type CallAws } from '#core/ports';
import { cutOf } from '#core/proof/cut';
import { uniqueIdNow } from '#core/unique-id-now';
import type { RecordPredicate } from '#verifier/format';

/** What the rule asks of AWS; its adapters' needs are in `adapters/permissions.ts`. */
export const takeBackPermissions: Permission[] = [
  { action: 'iam:GetUser', on: 'user' },
  { action: 'iam:GetRole', on: 'role' },
  ...Object.values(actions).flatMap(({ undoPermissions }) => undoPermissions),
];

type Contained = NonNullable<Facts['contain']>;
/** A change that a record tells of and no later record took back, with the facts beside it. */
interface Change {
  done: ActionResult;
  contain: Contained;
}

/** What the records of a case say that it changed and that still stands by them, each credential as it was last cut. */
function changesOf(records: RecordPredicate[]): Change[] {
  const changes = new Map<string, Change>();
  const nameOf = ({ action, credential }: Pick<ActionResult, 'action' | 'credential'>) => `${action} ${credential}`;
  for (const { step, facts } of records) {
    if (step === 'contain')
      for (const done of (facts as Contained).done) changes.set(nameOf(done), { done, contain: facts as Contained });
    if (step === 'rollback')
      for (const item of (facts as NonNullable<Facts['rollback']>).items)
        if (item.outcome === 'taken-back' || item.outcome === 'already-gone') changes.delete(nameOf(item));
  }
  return [...changes.values()];
}

/** What a rotation did is never taken back: the old value is the compromised one. */
function rotationsOf(records: RecordPredicate[]): TakenBack[] {
  return records
    .filter(({ step }) => step === 'rotate')
    .flatMap(({ facts }) => (facts as NonNullable<Facts['rotate']>).rotations)
    .filter(({ outcome }) => outcome === 'rotated')
    .map(({ secret, orphansDeleted }) => ({
      action: 'rotate-access-key',
      credential: secret,
      outcome: 'kept',
      reason: `its value before holds the compromised key and is not restored${
        orphansDeleted.length > 0 ? `; the deletion of ${orphansDeleted.join(', ')} cannot be taken back` : ''
      }`,
    }));
}

/**
 * Takes back exactly what the records say was changed, item by item: each is taken back whole or left alone whole, and
 * says so. May run twice.
 */
export async function takeBack(found: Case, records: RecordPredicate[], aws: CallAws): Promise<TakenBack[]> {
  const items: TakenBack[] = [];
  for (const change of changesOf(records)) {
    const { action, credential } = change.done;
    items.push({ action, credential, ...(await undo(found, change, aws)) });
  }
  return [...items, ...unrecorded(found, records), ...rotationsOf(records)];
}

/** Intents of an attempt that failed half-way: what became of them is in no record, so nobody knows what to take back. */
function unrecorded({ work }: Case, records: RecordPredicate[]): TakenBack[] {
  const told = new Set(
    records
      .filter(({ step }) => step === 'contain')
      .flatMap(({ facts }) => (facts as Contained).done.map(({ action, credential }) => `${action} ${credential}`)),
  );
  const begun = Object.keys(work.before ?? {}).map((name) => name.split(' '));
  return begun.flatMap(([action = '', credential]) =>
    credential === undefined || told.has(`${action} ${credential}`)
      ? []
      : [
          {
            action,
            credential,
            outcome: 'refused',
            reason: 'it was begun and no record says that it was done: look by hand',
          },
        ],
  );
}

async function undo(
  found: Case,
  { done, contain }: Change,
  aws: CallAws,
): Promise<Pick<TakenBack, 'outcome' | 'reason'>> {
  const cut = cutOf(done, { ...found, facts: { contain } });
  if (!cut) return { outcome: 'refused', reason: 'this version does not know how to take it back' };
  try {
    const known = 'user' in cut.target ? cut.target.user : cut.target.role;
    const now = await uniqueIdNow(cut.target, aws);
    if (now === null) return { outcome: 'already-gone', reason: `${known.arn} is gone, and what was changed with it` };
    if (now !== known.uniqueId)
      return { outcome: 'refused', reason: `${known.arn} is another one of the same name by now (${now})` };
    return await cut.action.undo(cut.target, done, aws);
  } catch (error) {
    if (!(error instanceof AwsRefusal)) throw error;
    return { outcome: 'refused', reason: `AWS refused ${error.operation}: ${error.name}` };
  }
}
