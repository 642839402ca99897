import { sessionDeny } from '#core/session-deny';
import type { Action, UserTarget } from './action.ts';

/**
 * Refuses every session that the user issued before the cut-off: such sessions survive the key that made them.
 * `aws:TokenIssueTime` exists only in requests signed with temporary credentials, so the user's long-term keys (the
 * replacement among them) are not touched; IAM User Guide, "Revoking IAM role temporary security credentials".
 */
export const denyUserSessions: Action = {
  name: 'deny-user-sessions',
  cuts: 'user-sessions',
  ...sessionDeny<UserTarget>({
    holder: 'User',
    nameOf: ({ user }) => user.name,
    policyName: ({ caseId }) => `rescind-deny-sessions-${caseId}`,
    what: () => 'sessions',
  }),
};
