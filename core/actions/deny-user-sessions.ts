import { inlinePolicy } from '#core/inline-policy';
import type { Action, UserTarget } from './action.ts';

/** One policy a case, so that undo takes away exactly this and nobody else's. */
const policyName = ({ caseId }: UserTarget) => `rescind-deny-sessions-${caseId}`;

/**
 * `aws:TokenIssueTime` exists only in requests signed with temporary credentials, so the user's long-term keys (the
 * replacement among them) are not touched; IAM User Guide, "Revoking IAM role temporary security credentials".
 */
const document = ({ cutoff }: UserTarget) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'RescindOlderSessions',
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      Condition: { DateLessThan: { 'aws:TokenIssueTime': cutoff } },
    },
  ],
});

/** Refuses every session that the user issued before the cut-off: such sessions survive the key that made them. */
export const denyUserSessions: Action = {
  name: 'deny-user-sessions',
  cuts: 'user-sessions',
  permissions: [{ action: 'iam:PutUserPolicy', on: 'user' }],
  proofPermissions: [{ action: 'iam:GetUserPolicy', on: 'user' }],

  before: () => null,
  isDone: () => false,

  async run(target: UserTarget, aws) {
    const policy = document(target);
    await aws('iam:PutUserPolicy', {
      UserName: target.user.name,
      PolicyName: policyName(target),
      PolicyDocument: JSON.stringify(policy),
    });
    return { policyName: policyName(target), policy };
  },

  async readBack(target: UserTarget, aws) {
    const input = { UserName: target.user.name, PolicyName: policyName(target) };
    const stored = await inlinePolicy('iam:GetUserPolicy', input, aws);
    if (stored === null) return { result: 'failed', reason: 'GetUserPolicy no longer finds the deny' };
    return stored === JSON.stringify(document(target))
      ? { result: 'passed', reason: `GetUserPolicy shows the deny for sessions older than ${target.cutoff}` }
      : { result: 'failed', reason: 'GetUserPolicy shows another document' };
  },

  undoPermissions: [
    { action: 'iam:GetUserPolicy', on: 'user' },
    { action: 'iam:DeleteUserPolicy', on: 'user' },
  ],
  async undo(target: UserTarget, { after }, aws) {
    const input = { UserName: target.user.name, PolicyName: policyName(target) };
    const stored = await inlinePolicy('iam:GetUserPolicy', input, aws);
    if (stored === null) return { outcome: 'already-gone', reason: `there is no policy ${input.PolicyName}` };
    if (stored !== JSON.stringify((after as { policy?: unknown } | null)?.policy))
      return {
        outcome: 'refused',
        reason: `somebody has changed the policy ${input.PolicyName} since it was recorded`,
      };
    await aws('iam:DeleteUserPolicy', input);
    return { outcome: 'taken-back', reason: `deleted the policy ${input.PolicyName}` };
  },
};
