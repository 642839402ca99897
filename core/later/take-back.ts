import * as actions from '#core/actions';
import type { Undone } from '#core/actions/action';
import type { Case } from '#core/case';
import { lookUpAgainPermissions, targetNow } from '#core/facts/target-now';
import type { Permission } from '#core/permission';
import { AwsRefusal, type CallAws, type Ports } from '#core/ports';
import { type Cut, cutOf } from '#core/proof/cut';
import { begunOf, type Named, nameOf, nothingTold, toldAfter } from '#core/run/told';
import type { ActionResult, CutsMade, Rotation, TakenBack } from '#core/step-facts';
import type { RecordPredicate } from '#verifier/format';

/** What the rule asks of AWS; its adapters' needs are in `adapters/permissions.ts`. */
export const takeBackPermissions: Permission[] = [
  ...lookUpAgainPermissions,
  { action: 'iam:GetRole', on: 'role' },
  ...Object.values(actions).flatMap(({ undoPermissions }) => undoPermissions),
];

export type TakeBackPorts = Pick<Ports, 'aws' | 'now' | 'wait' | 'deployment'>;

/** What a rotation did is never taken back: the old value is the compromised one. */
const kept = ({ secret, orphansDeleted }: Rotation): TakenBack => ({
  action: 'rotate-access-key',
  credential: secret,
  outcome: 'kept',
  reason: `its value before holds the compromised key and is not restored${
    orphansDeleted.length > 0 ? `; the deletion of ${orphansDeleted.join(', ')} cannot be taken back` : ''
  }`,
});

/**
 * Takes back exactly what the records say was changed, item by item: each is taken back whole or left alone whole, and
 * says so. May run twice.
 */
export async function takeBack(found: Case, records: RecordPredicate[], ports: TakeBackPorts): Promise<TakenBack[]> {
  const { cuts, rotations } = records.reduce(toldAfter, nothingTold);
  const begun = begunOf(found);
  const isBegun = new Set(begun.map(nameOf));
  const items: TakenBack[] = [];
  for (const made of cuts)
    for (const done of made.done) {
      const { action, credential } = done;
      if (!isBegun.has(nameOf(done))) items.push({ action, credential, ...(await undo(done, made, found.id, ports)) });
    }
  const rotated = rotations.filter(({ outcome }) => outcome === 'rotated');
  return [...items, ...begun.map(inDoubt), ...rotated.map(kept)];
}

/** What became of the last try is in no record, so nobody knows what there is to take back. */
const inDoubt = ({ action, credential }: Named): TakenBack => ({
  action,
  credential,
  outcome: 'refused',
  reason: 'it was begun and no record says that it was done: look by hand',
});

async function undo(done: ActionResult, made: CutsMade, caseId: string, ports: TakeBackPorts): Promise<Undone> {
  const cut = cutOf(done, made, caseId);
  if (!cut) return { outcome: 'refused', reason: 'this version does not know how to take it back' };
  // IAM may be some seconds late (see `configured`): what it does not show may be there, and would be told as lifted.
  const shownBy = made.cutAt ? Date.parse(made.cutAt) + ports.deployment.settings.cutoffLeadSeconds * 1000 : 0;
  for (;;) {
    const undone = await tryUndo(cut, done, ports.aws);
    if (undone.outcome !== 'already-gone' || ports.now().getTime() >= shownBy) return undone;
    await ports.wait(1000);
  }
}

async function tryUndo(cut: Cut, done: ActionResult, aws: CallAws): Promise<Undone> {
  try {
    const known = 'user' in cut.target ? cut.target.user : cut.target.role;
    const target = await targetNow(cut.target, aws);
    if ('gone' in target)
      return target.gone === null
        ? { outcome: 'already-gone', reason: `${known.arn} is gone, and what was changed with it` }
        : { outcome: 'refused', reason: `${known.arn} is another one of the same name by now (${target.gone})` };
    return await cut.action.undo(target, done, aws);
  } catch (error) {
    if (!(error instanceof AwsRefusal)) throw error;
    return { outcome: 'refused', reason: `AWS refused ${error.operation}: ${error.name}` };
  }
}
