import {
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  DeleteUserPolicyCommand,
  GetAccessKeyLastUsedCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  IAMClient,
  ListAccessKeysCommand,
  PutUserPolicyCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import type { Operations } from './call-aws.ts';
import { clientSettings } from './client.ts';

const iam = new IAMClient(clientSettings);

/** The IAM calls of steps and plugins. */
export const iamOperations = {
  'iam:GetUser': (input) => iam.send(new GetUserCommand(input)),
  'iam:ListAccessKeys': (input) => iam.send(new ListAccessKeysCommand(input)),
  'iam:GetAccessKeyLastUsed': (input) => iam.send(new GetAccessKeyLastUsedCommand(input)),
  'iam:UpdateAccessKey': (input) => iam.send(new UpdateAccessKeyCommand(input)),
  'iam:CreateAccessKey': (input) => iam.send(new CreateAccessKeyCommand(input)),
  'iam:DeleteAccessKey': (input) => iam.send(new DeleteAccessKeyCommand(input)),
  'iam:PutUserPolicy': (input) => iam.send(new PutUserPolicyCommand(input)),
  'iam:DeleteUserPolicy': (input) => iam.send(new DeleteUserPolicyCommand(input)),
  'iam:GetUserPolicy': (input) => iam.send(new GetUserPolicyCommand(input)),
} satisfies Operations;
