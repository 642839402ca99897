import * as v from 'valibot';
import type { Target } from '#core/actions/action';
import type { Permission } from '#core/permission';
import { AwsRefusal, type CallAws } from '#core/ports';
import type { UserFacts } from '#core/step-facts';
import { parseAnswer } from './answer.ts';
import { lookUpUser } from './look-up.ts';
import { lookUpHolder, lookUpHolderPermissions } from './look-up-holder.ts';

const userAnswer = v.object({ User: v.object({ UserId: v.string() }) });
const roleAnswer = v.object({ Role: v.object({ RoleId: v.string() }) });

export const lookUpAgainPermissions: Permission[] = lookUpHolderPermissions;

/** The user once more, also under another name, or null where it is gone: IAM never gives a unique id twice. */
export async function lookUpAgain(known: UserFacts, aws: CallAws): Promise<UserFacts | null> {
  const user = await lookUpUser(known.name, aws);
  return user?.uniqueId === known.uniqueId ? user : await lookUpRenamed(known, aws);
}

/** A user can be called otherwise (iam:UpdateUser) and keeps keys, policies and unique id: IAM says who holds the keys. */
async function lookUpRenamed({ keys, uniqueId }: UserFacts, aws: CallAws): Promise<UserFacts | null> {
  for (const { id } of keys) {
    const holder = await lookUpHolder(id, aws);
    if (typeof holder !== 'string' && holder.uniqueId === uniqueId) return holder;
  }
  return null;
}

/** What was cut, under its name of now; or that it is gone, and who has the name by now. A role keeps its name. */
export async function targetNow<T extends Target>(target: T, aws: CallAws): Promise<T | { gone: string | null }> {
  const known = 'user' in target ? target.user : target.role;
  const now = await uniqueIdNow(target, aws);
  if (now === known.uniqueId) return target;
  const renamed = 'user' in target ? await lookUpRenamed(target.user, aws) : null;
  if (!renamed || !('user' in target)) return { gone: now };
  return { ...target, user: { ...target.user, name: renamed.name, arn: renamed.arn } };
}

async function uniqueIdNow(target: Target, aws: CallAws): Promise<string | null> {
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
