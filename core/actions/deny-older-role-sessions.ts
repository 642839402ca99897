import { sessionDeny } from '#core/session-deny';
import type { Action, RoleTarget } from './action.ts';

/**
 * Refuses every session of the role that was issued before the cut-off, whoever holds it (IAM User Guide, "Revoking IAM
 * role temporary security credentials"). Where others share the role it takes their sessions too: policy must allow that.
 */
export const denyOlderRoleSessions: Action = {
  name: 'deny-older-role-sessions',
  cuts: 'role-sessions',
  ...sessionDeny<RoleTarget>({
    holder: 'Role',
    nameOf: ({ role }) => role.name,
    policyName: ({ caseId }) => `rescind-deny-older-sessions-${caseId}`,
    what: () => 'all sessions',
  }),
};
