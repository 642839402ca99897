import type { Case } from '#core/case';
import type { Finding } from '#core/finding';
import type { CallAws, Ports } from '#core/ports';
import { cutOf } from '#core/proof/cut';
import { begunOf, nameOf } from '#core/run/told';
import type { ActionResult } from '#core/step-facts';
import { type PlannedCut, planCuts } from './plan.ts';
import type { Situation } from './situation.ts';

/** A deny of sessions that the case has made, and that IAM shows as it was made. */
export interface StandingDeny {
  done: ActionResult;
  cutoff: string;
  cutAt: string;
}

/** What cannot be read is not waited for: it is made again. */
export async function standingDenies({ id, cuts }: Case, aws: CallAws): Promise<StandingDeny[]> {
  const denies = cuts.flatMap((made) => {
    const { cutoff, cutAt } = made;
    if (!cutoff || !cutAt) return [];
    return made.done.flatMap((done) => {
      const cut = cutOf(done, made, id);
      return cut && cut.action.cuts !== 'access-key' ? [{ cut, standing: { done, cutoff, cutAt } }] : [];
    });
  });
  const shown = await Promise.all(
    denies.map(async ({ cut: { action, target }, standing }) => {
      const { result } = await action.readBack(target, aws).catch(() => ({ result: 'failed' }));
      return result === 'passed' ? [standing] : [];
    }),
  );
  return shown.flat();
}

/**
 * The denies that stay as they are, by name: a later cut-off would refuse the sessions that the rightful workload has
 * taken since. One is made anew for a finding that asks for it and saw a call served after it was made, and where a key
 * of the user is cut that was not, or not any more: it may have issued sessions since.
 */
export function keptDenies(
  standing: StandingDeny[],
  planned: PlannedCut[],
  situation: Situation,
  ports: Ports,
): Map<string, StandingDeny> {
  const { found } = situation;
  const told = new Set(found.cuts.flatMap(({ done }) => done.map(nameOf)));
  const begun = new Set(begunOf(found).map(nameOf));
  const isFresh = ({ action, target, planned: cut }: PlannedCut) =>
    cut.answer === 'auto' && (!action.isDone(target) || !told.has(nameOf(cut)));
  if (planned.some((cut) => cut.action.cuts === 'access-key' && isFresh(cut))) return new Map();
  const isAskedAgain = ({ done, cutoff, cutAt }: StandingDeny) => {
    const isLater = ({ observedAt, unused }: Finding) => !unused && Date.parse(observedAt) > Date.parse(cutAt);
    return planCuts(situation, cutoff, ports, isLater).some((cut) => nameOf(cut.planned) === nameOf(done));
  };
  return new Map(
    standing
      // An attempt that died may have cut a key beside it.
      .filter(({ done }) => !begun.has(nameOf(done)))
      .filter((deny) => !isAskedAgain(deny))
      .map((deny) => [nameOf(deny.done), deny]),
  );
}
