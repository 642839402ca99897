import type { Facts, Rotation } from '#core/step-facts';
import type { RecordPredicate } from '#verifier/format';

/** The rotations of a case after one more of its records, in their order, from none: a secret's key counts once, as it was first told. */
export function rotationsAfter(
  standing: Rotation[],
  { step, facts }: Pick<RecordPredicate, 'step' | 'facts'>,
): Rotation[] {
  if (step !== 'rotate') return standing;
  const { rotations } = facts as NonNullable<Facts['rotate']>;
  const isTold = ({ secret, newKeyId }: Rotation) =>
    standing.some((told) => told.secret === secret && told.newKeyId === newKeyId);
  return [...standing, ...rotations.filter((rotation) => !isTold(rotation))];
}

/**
 * Keys that the case has made itself, whichever run did it, those that it deleted again among them, which IAM may go on
 * listing for a while. One that somebody else put into a secret may be anybody's.
 */
export const ownKeys = (rotations: Rotation[]): string[] =>
  rotations
    .filter(({ outcome }) => outcome === 'rotated')
    .flatMap(({ newKeyId, orphansDeleted }) => [newKeyId, ...orphansDeleted]);
