import {
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  DeleteRolePolicyCommand,
  DeleteUserPolicyCommand,
  GetAccessKeyLastUsedCommand,
  GetLoginProfileCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListInstanceProfilesForRoleCommand,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import type { Operations } from './call-aws.ts';
import { clientSettings } from './client.ts';
import { iam, proofOperations } from './iam-proof.ts';

/** What is sent again where its answer was lost makes two keys: a next attempt of the step finds the first and deletes it. */
const onceOnly = new IAMClient({ ...clientSettings, maxAttempts: 1 });

/** The IAM calls of steps and plugins. */
export const iamOperations = {
  ...proofOperations,
  'iam:GetAccessKeyLastUsed': (input) => iam.send(new GetAccessKeyLastUsedCommand(input)),
  'iam:GetLoginProfile': (input) => iam.send(new GetLoginProfileCommand(input)),
  'iam:UpdateAccessKey': (input) => iam.send(new UpdateAccessKeyCommand(input)),
  'iam:CreateAccessKey': (input) => onceOnly.send(new CreateAccessKeyCommand(input)),
  'iam:DeleteAccessKey': (input) => iam.send(new DeleteAccessKeyCommand(input)),
  'iam:PutUserPolicy': (input) => iam.send(new PutUserPolicyCommand(input)),
  'iam:DeleteUserPolicy': (input) => iam.send(new DeleteUserPolicyCommand(input)),
  'iam:ListRolePolicies': (input) => iam.send(new ListRolePoliciesCommand(input)),
  'iam:ListAttachedRolePolicies': (input) => iam.send(new ListAttachedRolePoliciesCommand(input)),
  'iam:ListInstanceProfilesForRole': (input) => iam.send(new ListInstanceProfilesForRoleCommand(input)),
  'iam:PutRolePolicy': (input) => iam.send(new PutRolePolicyCommand(input)),
  'iam:DeleteRolePolicy': (input) => iam.send(new DeleteRolePolicyCommand(input)),
  'iam:GetPolicy': (input) => iam.send(new GetPolicyCommand(input)),
  'iam:GetPolicyVersion': (input) => iam.send(new GetPolicyVersionCommand(input)),
} satisfies Operations;
