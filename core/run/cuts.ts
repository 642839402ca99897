import type { Case } from '#core/case';
import type { ActionResult, CutsMade, Facts } from '#core/step-facts';
import type { RecordPredicate } from '#verifier/format';

type Named = Pick<ActionResult, 'action' | 'credential'>;
export const nameOf = ({ action, credential }: Named): string => `${action} ${credential}`;

/**
 * What stands of the cuts of a case after one more of its records: a cut that is made again replaces the one before,
 * and one that a rollback has lifted is gone. In the order of the records, from none.
 */
export function cutsAfter(standing: CutsMade[], { step, facts }: Pick<RecordPredicate, 'step' | 'facts'>): CutsMade[] {
  if (step === 'contain') {
    const { done, cutoff, cutAt, user, role } = facts as NonNullable<Facts['contain']>;
    return [...without(standing, done), ...(done.length > 0 ? [{ done, cutoff, cutAt, user, role }] : [])];
  }
  if (step !== 'rollback') return standing;
  const { items } = facts as NonNullable<Facts['rollback']>;
  return without(
    standing,
    items.filter(({ outcome }) => outcome === 'taken-back' || outcome === 'already-gone'),
  );
}

function without(standing: CutsMade[], others: Named[]): CutsMade[] {
  const names = new Set(others.map(nameOf));
  return standing
    .map((made) => ({ ...made, done: made.done.filter((result) => !names.has(nameOf(result))) }))
    .filter(({ done }) => done.length > 0);
}

/** All that the case has cut and not taken back, whichever run did it. */
export const allCut = ({ cuts }: Pick<Case, 'cuts'>): ActionResult[] => cuts.flatMap(({ done }) => done);

/** Cuts that were begun and of which no record tells: whether they were made, nobody knows. */
export const begunOf = ({ work: { before = {} } }: Pick<Case, 'work'>): Named[] =>
  Object.keys(before).flatMap((name) => {
    const [action = '', credential] = name.split(' ');
    return credential === undefined ? [] : [{ action, credential }];
  });

/** The states before, without those that a record tells now: as cut, or as refused. */
export function untold(
  before: Record<string, unknown>,
  cuts: CutsMade[],
  contain: Facts['contain'],
): Record<string, unknown> {
  const names = new Set([...allCut({ cuts }), ...(contain?.refused ?? [])].map(nameOf));
  return Object.fromEntries(Object.entries(before).filter(([name]) => !names.has(name)));
}
