import * as actions from '#core/actions';
import type { Action, Target } from '#core/actions/action';
import type { ActionResult, CutsMade } from '#core/step-facts';

/** A cut that the case has made, with what is needed to prove it or to take it back. */
export interface Cut {
  action: Action;
  target: Target;
  credential: string;
  /** Where a key was cut. */
  keyId?: string;
  /** The state that was asked for, as it was recorded. */
  after: unknown;
  /** When it had been made, where the record says so. */
  cutAt?: string | undefined;
}

/** Undefined where no action that cuts has the name: a rotation, or an action of an older deployment. */
export const actionNamed = (name: string): Action | undefined =>
  Object.values(actions).find((action) => action.name === name);

/** Null where the action is not known any more, or the identity that was cut is not told. */
export function cutOf(
  { action: name, credential, after }: ActionResult,
  { user, role, cutoff, cutAt }: CutsMade,
  caseId: string,
): Cut | null {
  const action = actionNamed(name);
  const [kind, first = '', , session] = credential.split('/');
  const aimed = { caseId, cutoff: cutoff ?? '' };
  if (!action || action.cuts !== kind) return null;
  const told = { action, credential, after, cutAt };
  if (kind === 'access-key') return user ? { ...told, target: { ...aimed, user, keyId: first }, keyId: first } : null;
  if (kind === 'user-sessions') return user ? { ...told, target: { ...aimed, user } } : null;
  return role ? { ...told, target: { ...aimed, role, ...(session && { session }) } } : null;
}
