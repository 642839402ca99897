import type { Case } from '#core/case';
import { trustedBy, workloadsOf } from '#core/facts/trust';
import type { CutsMade, OnwardPath } from '#core/step-facts';

/** What cutting sessions of a role leaves to people: who must refresh, who can come back, and where they may have gone. */
export const roleOpenPoints = (
  { cuts, facts }: Pick<Case, 'cuts' | 'facts'>,
  leadSeconds: number,
  /** Whether the deny of a credential was read back. */
  isShown: (credential: string) => boolean,
): string[] =>
  cuts.flatMap((made) => {
    const done = made.done.filter(({ credential }) => isShown(credential));
    return pointsOf({ ...made, done }, facts.triage?.onward ?? [], leadSeconds);
  });

function pointsOf({ role, cutoff, done }: CutsMade, onward: OnwardPath[], leadSeconds: number): string[] {
  if (!role || !cutoff) return [];
  const workloads = workloadsOf(role);
  const names = done.flatMap(({ credential }) => credential.split('/').slice(3));
  const swept = done.some(({ credential }) => credential.startsWith('role-sessions/'));
  const refused = [
    `sessions ${swept ? '' : `named ${names.join(', ')} `}of ${role.name} issued before ${cutoff} are refused, those of the ${leadSeconds} s after the cut included`,
    workloads.length > 0
      ? `workloads that must take a new session where theirs is refused: ${workloads.join(', ')}`
      : 'the role names no workload that runs on it: whoever held a refused session must take a new one',
  ];
  return [
    ...(done.length > 0 ? refused : []),
    `${role.name} can still be assumed with the credentials of whom it trusts: ${trustedBy(role).join(', ') || 'nobody that can be read'}`,
    ...onward.map(
      ({ policy, roles, note }) =>
        `sessions of other roles that were assumed from ${role.name} survive and are not cut; ${policy} allows ${[roles.join(', '), note ?? ''].filter((part) => part !== '').join('; ')}`,
    ),
    `a role whose trust policy names ${role.name} may have been assumed from it without a statement of its own: such roles were not searched for`,
  ];
}
