import * as v from 'valibot';
import { parseAnswer } from '#core/answer';
import { AwsRefusal } from '#core/ports';
import type { Action, Target } from './action.ts';

/** One policy a case, so that undo takes away exactly this and nobody else's. */
const policyName = ({ caseId }: Target) => `rescind-deny-sessions-${caseId}`;

/**
 * `aws:TokenIssueTime` exists only in requests signed with temporary credentials, so the user's long-term keys (the
 * replacement among them) are not touched; IAM User Guide, "Revoking IAM role temporary security credentials".
 */
const document = ({ cutoff }: Target) => ({
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

  async run(target, aws) {
    const policy = document(target);
    await aws('iam:PutUserPolicy', {
      UserName: target.user.name,
      PolicyName: policyName(target),
      PolicyDocument: JSON.stringify(policy),
    });
    return { policyName: policyName(target), policy };
  },

  async readBack(target, aws) {
    const asked = JSON.stringify(document(target));
    try {
      const answer = await aws('iam:GetUserPolicy', { UserName: target.user.name, PolicyName: policyName(target) });
      const { PolicyDocument: stored } = parseAnswer(
        'iam:GetUserPolicy',
        v.object({ PolicyDocument: v.string() }),
        answer,
      );
      return decoded(stored) === asked
        ? { result: 'passed', reason: `GetUserPolicy shows the deny for sessions older than ${target.cutoff}` }
        : { result: 'failed', reason: 'GetUserPolicy shows another document' };
    } catch (error) {
      if (error instanceof AwsRefusal && error.name === 'NoSuchEntity')
        return { result: 'failed', reason: 'GetUserPolicy no longer finds the deny' };
      throw error;
    }
  },
};

/** IAM answers policy documents URL-encoded (API reference, GetUserPolicy); our text has no `%`, so decoding is safe twice. */
function decoded(text: string): string {
  try {
    return JSON.stringify(JSON.parse(decodeURIComponent(text)));
  } catch {
    return text;
  }
}
