import * as v from 'valibot';
import type { Permission } from '#core/permission';
import { AwsRefusal, type CallAws } from '#core/ports';
import { parseAnswer } from './answer.ts';

export const lookUpPasswordPermissions: Permission[] = [{ action: 'iam:GetLoginProfile', on: 'user' }];

const answered = v.object({ LoginProfile: v.object({ UserName: v.string() }) });

/**
 * Whether the user can sign in to the console by a password: no cut of ours takes it, and sessions begun with it after
 * the cut-off are served (IAM API reference, GetLoginProfile: NoSuchEntity where there is none).
 */
export async function hasPassword(name: string, aws: CallAws): Promise<boolean> {
  try {
    parseAnswer('iam:GetLoginProfile', answered, await aws('iam:GetLoginProfile', { UserName: name }));
    return true;
  } catch (error) {
    if (error instanceof AwsRefusal && error.name === 'NoSuchEntityException') return false;
    throw error;
  }
}
