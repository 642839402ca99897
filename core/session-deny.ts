import type { Action, Target } from '#core/actions/action';
import { inlinePolicy } from '#core/facts/inline-policy';

interface SessionDeny<T extends Target> {
  /** Whose inline policy it is. */
  holder: 'User' | 'Role';
  nameOf(target: T): string;
  /** One policy a cut and case, so that undo takes away exactly this and nobody else's. */
  policyName(target: T): string;
  /** Beside the token issue time, which every deny of ours has: without it new sessions would be refused for ever. */
  condition?(target: T): Record<string, unknown>;
  /** What is refused, for people. */
  what(target: T): string;
}

/**
 * The change that cuts sessions: an inline Deny of its own on the user or role that issued them. The trust policy and
 * the policies of others stay as they are; a boundary or a missing Allow would not refuse what a resource policy grants.
 */
export function sessionDeny<T extends Target>({
  holder,
  nameOf,
  policyName,
  condition,
  what,
}: SessionDeny<T>): Omit<Action, 'name' | 'cuts'> {
  const [put, get, remove] = [`iam:Put${holder}Policy`, `iam:Get${holder}Policy`, `iam:Delete${holder}Policy`] as const;
  const on = holder === 'User' ? 'user' : 'role';
  const document = (target: T) => ({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'RescindOlderSessions',
        Effect: 'Deny',
        Action: '*',
        Resource: '*',
        Condition: { DateLessThan: { 'aws:TokenIssueTime': target.cutoff }, ...condition?.(target) },
      },
    ],
  });
  const inputOf = (target: T) => ({ [`${holder}Name`]: nameOf(target), PolicyName: policyName(target) });
  return {
    permissions: [{ action: put, on }],
    proofPermissions: [{ action: get, on }],

    before: () => null,
    isDone: () => false,

    async run(target: T, aws) {
      const policy = document(target);
      await aws(put, { ...inputOf(target), PolicyDocument: JSON.stringify(policy) });
      return { policyName: policyName(target), policy };
    },

    async readBack(target: T, aws) {
      const stored = await inlinePolicy(get, inputOf(target), aws);
      if (stored === null) return { result: 'failed', reason: `Get${holder}Policy no longer finds the deny` };
      return stored === JSON.stringify(document(target))
        ? {
            result: 'passed',
            reason: `Get${holder}Policy shows the deny for ${what(target)} older than ${target.cutoff}`,
          }
        : { result: 'failed', reason: `Get${holder}Policy shows another document` };
    },

    undoPermissions: [
      { action: get, on },
      { action: remove, on },
    ],
    async undo(target: T, { after }, aws) {
      const name = policyName(target);
      const stored = await inlinePolicy(get, inputOf(target), aws);
      if (stored === null) return { outcome: 'already-gone', reason: `there is no policy ${name}` };
      if (stored !== JSON.stringify((after as { policy?: unknown } | null)?.policy))
        return { outcome: 'refused', reason: `somebody has changed the policy ${name} since it was recorded` };
      await aws(remove, inputOf(target));
      return { outcome: 'taken-back', reason: `deleted the policy ${name}` };
    },
  };
}
