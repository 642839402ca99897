import { sessionDeny } from '#core/session-deny';
import type { Action, RoleTarget } from './action.ts';

/**
 * Refuses the older sessions of one name. `aws:userid` and the token issue time stand in one statement: the name alone
 * would refuse an instance its next sessions too, because they bear the same one (IAM User Guide, "Disabling permissions
 * for temporary security credentials").
 */
export const denyRoleSession: Action = {
  name: 'deny-role-session',
  cuts: 'role-session',
  ...sessionDeny<RoleTarget>({
    holder: 'Role',
    nameOf: ({ role }) => role.name,
    policyName: ({ caseId, session }) => `rescind-deny-session-${caseId}-${session}`,
    condition: ({ role, session }) => ({ StringEquals: { 'aws:userid': `${role.uniqueId}:${session}` } }),
    what: ({ session }) => `sessions named ${session}`,
  }),
};
