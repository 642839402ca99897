import * as actions from '#core/actions';
import type { Action, Target } from '#core/actions/action';
import type { ActionResult, Case } from '#core/case';

/** A cut that the case has made, with what is needed to prove it or to take it back. */
export interface Cut {
  action: Action;
  target: Target;
  credential: string;
  /** Where a key was cut. */
  keyId?: string;
  /** The state that was asked for, as it was recorded. */
  after: unknown;
}

/** Null where the action is not known any more, or the identity that was cut is not in the case. */
export function cutOf({ action: name, credential, after }: ActionResult, { id, facts }: Case): Cut | null {
  const { user, role, cutoff } = facts.contain ?? {};
  const action = Object.values(actions).find((each) => each.name === name);
  const [kind, first = '', , session] = credential.split('/');
  const aimed = { caseId: id, cutoff: cutoff ?? '' };
  if (!action || action.cuts !== kind) return null;
  if (kind === 'access-key')
    return user ? { action, target: { ...aimed, user, keyId: first }, credential, keyId: first, after } : null;
  if (kind === 'user-sessions') return user ? { action, target: { ...aimed, user }, credential, after } : null;
  return role ? { action, target: { ...aimed, role, ...(session && { session }) }, credential, after } : null;
}
