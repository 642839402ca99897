import * as v from 'valibot';
import type { Permission } from '#core/permission';
import { AwsRefusal, type CallAws } from '#core/ports';
import type { OnwardPath, RoleFacts } from '#core/step-facts';
import { parseAnswer } from './answer.ts';
import { onwardPaths } from './onward.ts';
import { policyDocument } from './policy-document.ts';

export const lookUpOnwardPermissions: Permission[] = [
  { action: 'iam:GetPolicy', on: 'policy' },
  { action: 'iam:GetPolicyVersion', on: 'policy' },
];

const policyAnswer = v.object({ Policy: v.object({ DefaultVersionId: v.string() }) });
const versionAnswer = v.object({ PolicyVersion: v.object({ Document: v.string() }) });

/**
 * The roles that this one's own policies let it assume. Roles whose trust policy names it need no such statement, and
 * are not searched for: that would mean to read every role of the account.
 */
export async function lookUpOnward(role: RoleFacts, aws: CallAws): Promise<OnwardPath[]> {
  const attached = await Promise.all(role.attachedPolicies.map((arn) => managedPolicy(arn, aws)));
  return onwardPaths([...role.inlinePolicies, ...attached.flat()]);
}

async function managedPolicy(arn: string, aws: CallAws): Promise<{ name: string; document: unknown }[]> {
  try {
    const { Policy } = parseAnswer('iam:GetPolicy', policyAnswer, await aws('iam:GetPolicy', { PolicyArn: arn }));
    const answer = await aws('iam:GetPolicyVersion', { PolicyArn: arn, VersionId: Policy.DefaultVersionId });
    const { PolicyVersion } = parseAnswer('iam:GetPolicyVersion', versionAnswer, answer);
    return [{ name: arn, document: policyDocument(PolicyVersion.Document) }];
  } catch (error) {
    // Detached and deleted since the role was read.
    if (error instanceof AwsRefusal && error.name === 'NoSuchEntityException') return [];
    throw error;
  }
}
