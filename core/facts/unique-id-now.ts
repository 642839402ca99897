import * as v from 'valibot';
import type { Target } from '#core/actions/action';
import { AwsRefusal, type CallAws } from '#core/ports';
import { parseAnswer } from './answer.ts';

const userAnswer = v.object({ User: v.object({ UserId: v.string() }) });
const roleAnswer = v.object({ Role: v.object({ RoleId: v.string() }) });

/** The unique id of whoever has the name now, or null: IAM never gives one twice. */
export async function uniqueIdNow(target: Target, aws: CallAws): Promise<string | null> {
  try {
    if ('user' in target)
      return parseAnswer('iam:GetUser', userAnswer, await aws('iam:GetUser', { UserName: target.user.name })).User
        .UserId;
    return parseAnswer('iam:GetRole', roleAnswer, await aws('iam:GetRole', { RoleName: target.role.name })).Role.RoleId;
  } catch (error) {
    if (error instanceof AwsRefusal && error.name === 'NoSuchEntityException') return null;
    throw error;
  }
}
