import type { Case } from '#core/case';
import type { ActionResult, CutsMade, Facts, RoleFacts, Rotation } from '#core/step-facts';
import type { RecordPredicate } from '#verifier/format';

export type Named = Pick<ActionResult, 'action' | 'credential'>;
export const nameOf = ({ action, credential }: Named): string => `${action} ${credential}`;

/** What the records of a case add up to, all runs together; the register holds it beside them. */
export type Told = Pick<Case, 'cuts' | 'lifted' | 'takenBackAt' | 'rotations' | 'keysBefore'>;
type Record = Pick<RecordPredicate, 'step' | 'facts' | 'occurredAt'>;

export const nothingTold: Told = { cuts: [], lifted: [], takenBackAt: null, rotations: [], keysBefore: null };

/**
 * After one more record, in their order: a cut that is made again replaces the one before, one that was left as it stood
 * does not, one that a rollback has taken back is lifted until it is made again, and the keys of the user are those of
 * before the first cut.
 */
export function toldAfter(told: Told, { step, facts, occurredAt }: Record): Told {
  switch (step) {
    case 'contain': {
      const { done: all, cutoff, cutAt, user, role, keysBefore } = facts as NonNullable<Facts['contain']>;
      const standing = new Set(allCut(told).map(nameOf));
      // Its time stays that of the cut: what was done with it before this run must not be left out of its proof.
      const isLeft = (cut: ActionResult) => cut.outcome === 'already-done' && standing.has(nameOf(cut));
      const done = all.filter((cut) => cut.keptCutoff === undefined && !isLeft(cut));
      const made = done.length > 0 ? [{ done, cutoff, cutAt, user, role: role && slim(role) }] : [];
      return {
        ...told,
        cuts: [...cutsWithout(told.cuts, done), ...made],
        lifted: without(told.lifted, done),
        keysBefore: told.keysBefore ?? keysBefore ?? user?.keys.map(({ id }) => id) ?? null,
      };
    }
    case 'rollback': {
      const { items } = facts as NonNullable<Facts['rollback']>;
      const gone = items
        .filter(({ outcome }) => outcome === 'taken-back' || outcome === 'already-gone')
        .map(({ action, credential }) => ({ action, credential }));
      return {
        ...told,
        cuts: cutsWithout(told.cuts, gone),
        lifted: [...without(told.lifted, gone), ...gone],
        takenBackAt: occurredAt,
      };
    }
    case 'rotate':
    case 'park': {
      const { rotations = [] } = facts as NonNullable<Facts['rotate'] | Facts['park']>;
      return { ...told, rotations: rotationsAfter(told.rotations, rotations) };
    }
    default:
      return told;
  }
}

/** What proof and undo need of a role. The whole is in the record: the row of a case holds 400 KB, one for each cut. */
const slim = (role: RoleFacts): RoleFacts => ({ ...role, tags: {}, inlinePolicies: [], attachedPolicies: [] });

/** A secret's key counts once, as it was first told: later runs find it there already. */
export function rotationsAfter(standing: Rotation[], rotations: Rotation[]): Rotation[] {
  const isTold = ({ secret, newKeyId }: Rotation) =>
    standing.some((told) => told.secret === secret && told.newKeyId === newKeyId);
  return [...standing, ...rotations.filter((rotation) => !isTold(rotation))];
}

function without<T extends Named>(all: T[], others: Named[]): T[] {
  const names = new Set(others.map(nameOf));
  return all.filter((each) => !names.has(nameOf(each)));
}

const cutsWithout = (cuts: CutsMade[], others: Named[]): CutsMade[] =>
  cuts.map((made) => ({ ...made, done: without(made.done, others) })).filter(({ done }) => done.length > 0);

/** All that the case has cut and not taken back, whichever run did it. */
export const allCut = ({ cuts }: Pick<Case, 'cuts'>): ActionResult[] => cuts.flatMap(({ done }) => done);

/** Cuts that were begun and of which no record tells: whether they were made, nobody knows. */
export const begunOf = ({ work: { before = {} } }: Pick<Case, 'work'>): Named[] =>
  Object.keys(before).flatMap((name) => {
    const [action = '', credential] = name.split(' ');
    return credential === undefined ? [] : [{ action, credential }];
  });

/** Whether the case has cut anything in any run, or may have: also what was taken back since. */
export const hasCut = (found: Pick<Case, 'cuts' | 'lifted' | 'work'>): boolean =>
  allCut(found).length + found.lifted.length + begunOf(found).length > 0;

/**
 * Keys that the case has made itself, whichever run did it, those that it deleted again among them, which IAM may go on
 * listing for a while. One that somebody else put into a secret may be anybody's.
 */
export const ownKeys = ({ rotations, work: { made = [] } }: Pick<Case, 'rotations' | 'work'>): string[] => [
  ...made,
  ...rotations
    .filter(({ outcome }) => outcome === 'rotated')
    .flatMap(({ newKeyId, orphansDeleted }) => [newKeyId, ...orphansDeleted]),
];
