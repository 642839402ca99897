import { roleDeny } from '#core/role-deny';
import type { Action } from './action.ts';

/**
 * Refuses every session of the role that was issued before the cut-off, whoever holds it (IAM User Guide, "Revoking IAM
 * role temporary security credentials"). Where others share the role it takes their sessions too: policy must allow that.
 */
export const denyOlderRoleSessions: Action = {
  name: 'deny-older-role-sessions',
  cuts: 'role-sessions',
  ...roleDeny({
    policyName: ({ caseId }) => `rescind-deny-older-sessions-${caseId}`,
    condition: () => ({}),
    what: () => 'all sessions',
  }),
};
