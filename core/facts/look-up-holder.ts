import * as v from 'valibot';
import { isIamName } from '#core/ids';
import type { Permission } from '#core/permission';
import { AwsRefusal, type CallAws } from '#core/ports';
import type { UserFacts } from '#core/step-facts';
import { parseAnswer } from './answer.ts';
import { lookUpUser, lookUpUserPermissions } from './look-up.ts';

export const lookUpHolderPermissions: Permission[] = [
  ...lookUpUserPermissions,
  { action: 'iam:GetAccessKeyLastUsed', on: 'listing' },
];

const answered = v.object({ UserName: v.optional(v.string()) });

/**
 * The user of this account who holds a long-term key, by IAM's own word (API reference, GetAccessKeyLastUsed); why there
 * is none, where AWS tells of none: the key is of another account, of root, or deleted.
 */
export async function lookUpHolder(keyId: string, aws: CallAws): Promise<UserFacts | string> {
  try {
    const answer = await aws('iam:GetAccessKeyLastUsed', { AccessKeyId: keyId });
    const { UserName } = parseAnswer('iam:GetAccessKeyLastUsed', answered, answer);
    const user = isIamName(UserName) ? await lookUpUser(UserName, aws) : null;
    return user?.keys.some(({ id }) => id === keyId) ? user : `no user of this account holds ${keyId}`;
  } catch (error) {
    if (!(error instanceof AwsRefusal)) throw error;
    return `AWS does not tell whose key ${keyId} is: ${error.name}`;
  }
}
