import * as v from 'valibot';
import type { Permission } from '#core/permission';
import { AwsRefusal, type CallAws } from '#core/ports';
import type { SecretFacts, UserFacts } from '#core/step-facts';
import { date, parseAnswer, tags } from './answer.ts';

export const lookUpUserPermissions: Permission[] = [
  { action: 'iam:GetUser', on: 'user' },
  { action: 'iam:ListAccessKeys', on: 'user' },
];
export const lookUpSecretsPermissions: Permission[] = [{ action: 'secretsmanager:ListSecrets', on: 'listing' }];

const userAnswer = v.object({
  User: v.object({ Arn: v.string(), UserName: v.string(), UserId: v.string(), CreateDate: date, Tags: tags }),
});
const keysAnswer = v.object({
  AccessKeyMetadata: v.array(v.object({ AccessKeyId: v.string(), Status: v.string(), CreateDate: date })),
  IsTruncated: v.optional(v.boolean(), false),
  Marker: v.optional(v.string()),
});
const secretsAnswer = v.object({
  SecretList: v.array(v.object({ ARN: v.string(), Name: v.string(), Tags: tags })),
  NextToken: v.optional(v.string()),
});

/** The user as IAM has it now, or null where there is none of that name. */
export async function lookUpUser(name: string, aws: CallAws): Promise<UserFacts | null> {
  try {
    const [user, keys] = await Promise.all([aws('iam:GetUser', { UserName: name }), listAccessKeys(name, aws)]);
    const { User } = parseAnswer('iam:GetUser', userAnswer, user);
    return {
      arn: User.Arn,
      name: User.UserName,
      uniqueId: User.UserId,
      createdAt: User.CreateDate ?? null,
      tags: User.Tags,
      keys,
    };
  } catch (error) {
    if (error instanceof AwsRefusal && error.name === 'NoSuchEntityException') return null;
    throw error;
  }
}

/** All access keys of a user: two by quota, but listed to the end rather than assumed. */
export async function listAccessKeys(name: string, aws: CallAws): Promise<UserFacts['keys']> {
  const keys: UserFacts['keys'] = [];
  let marker: string | undefined;
  do {
    const answer = await aws('iam:ListAccessKeys', { UserName: name, ...(marker && { Marker: marker }) });
    const page = parseAnswer('iam:ListAccessKeys', keysAnswer, answer);
    for (const key of page.AccessKeyMetadata)
      keys.push({ id: key.AccessKeyId, status: key.Status, createdAt: key.CreateDate ?? null });
    marker = page.IsTruncated ? page.Marker : undefined;
  } while (marker);
  return keys;
}

/**
 * Secrets that say, by tag, that they hold this user's key. The filters of ListSecrets match tag keys and values apart
 * from each other and by prefix, so the pair is checked again here, exactly.
 */
export async function lookUpSecrets(user: string, userTag: string, aws: CallAws): Promise<SecretFacts[]> {
  const secrets: SecretFacts[] = [];
  let next: string | undefined;
  do {
    const answer = await aws('secretsmanager:ListSecrets', {
      Filters: [{ Key: 'tag-key', Values: [userTag] }],
      ...(next && { NextToken: next }),
    });
    const page = parseAnswer('secretsmanager:ListSecrets', secretsAnswer, answer);
    for (const { ARN, Name, Tags } of page.SecretList)
      if (Tags[userTag] === user) secrets.push({ arn: ARN, name: Name, tags: Tags });
    next = page.NextToken;
  } while (next);
  return secrets;
}
