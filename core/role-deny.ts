import { inlinePolicy } from '#core/inline-policy';
import type { Action, RoleTarget } from './actions/action.ts';

interface RoleDeny {
  /** One policy a cut and case, so that undo takes away exactly this and nobody else's. */
  policyName(target: RoleTarget): string;
  /** Beside the token issue time, which every deny of ours has: without it new sessions would be refused for ever. */
  condition(target: RoleTarget): Record<string, unknown>;
  /** What is refused, for people. */
  what(target: RoleTarget): string;
}

/**
 * The change that cuts role sessions: an inline Deny of its own on the role. The trust policy and the policies of
 * others stay as they are; a boundary or a missing Allow would not refuse what a resource policy grants.
 */
export function roleDeny({ policyName, condition, what }: RoleDeny): Omit<Action, 'name' | 'cuts'> {
  const document = (target: RoleTarget) => ({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'RescindOlderSessions',
        Effect: 'Deny',
        Action: '*',
        Resource: '*',
        Condition: { DateLessThan: { 'aws:TokenIssueTime': target.cutoff }, ...condition(target) },
      },
    ],
  });
  const inputOf = (target: RoleTarget) => ({ RoleName: target.role.name, PolicyName: policyName(target) });
  return {
    permissions: [{ action: 'iam:PutRolePolicy', on: 'role' }],
    proofPermissions: [{ action: 'iam:GetRolePolicy', on: 'role' }],

    before: () => null,
    isDone: () => false,

    async run(target: RoleTarget, aws) {
      const policy = document(target);
      await aws('iam:PutRolePolicy', { ...inputOf(target), PolicyDocument: JSON.stringify(policy) });
      return { policyName: policyName(target), policy };
    },

    async readBack(target: RoleTarget, aws) {
      const stored = await inlinePolicy('iam:GetRolePolicy', inputOf(target), aws);
      if (stored === null) return { result: 'failed', reason: 'GetRolePolicy no longer finds the deny' };
      return stored === JSON.stringify(document(target))
        ? { result: 'passed', reason: `GetRolePolicy shows the deny for ${what(target)} older than ${target.cutoff}` }
        : { result: 'failed', reason: 'GetRolePolicy shows another document' };
    },

    undoPermissions: [
      { action: 'iam:GetRolePolicy', on: 'role' },
      { action: 'iam:DeleteRolePolicy', on: 'role' },
    ],
    async undo(target: RoleTarget, { after }, aws) {
      const input = inputOf(target);
      const stored = await inlinePolicy('iam:GetRolePolicy', input, aws);
      if (stored === null) return { outcome: 'already-gone', reason: `there is no policy ${input.PolicyName}` };
      if (stored !== JSON.stringify((after as { policy?: unknown } | null)?.policy))
        return {
          outcome: 'refused',
          reason: `somebody has changed the policy ${input.PolicyName} since it was recorded`,
        };
      await aws('iam:DeleteRolePolicy', input);
      return { outcome: 'taken-back', reason: `deleted the policy ${input.PolicyName}` };
    },
  };
}
