import {
  GetRoleCommand,
  GetRolePolicyCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  IAMClient,
  ListAccessKeysCommand,
  SimulateCustomPolicyCommand,
  SimulatePrincipalPolicyCommand,
} from '@aws-sdk/client-iam';
import type { Operations } from './call-aws.ts';
import { clientSettings } from './client.ts';

export const iam = new IAMClient(clientSettings);

/** What proof asks of IAM: reads alone, so that the code which looks at a closed case cannot change anybody. */
export const proofOperations = {
  'iam:GetUser': (input) => iam.send(new GetUserCommand(input)),
  'iam:ListAccessKeys': (input) => iam.send(new ListAccessKeysCommand(input)),
  'iam:GetUserPolicy': (input) => iam.send(new GetUserPolicyCommand(input)),
  'iam:GetRole': (input) => iam.send(new GetRoleCommand(input)),
  'iam:GetRolePolicy': (input) => iam.send(new GetRolePolicyCommand(input)),
  'iam:SimulateCustomPolicy': (input) => iam.send(new SimulateCustomPolicyCommand(input)),
  'iam:SimulatePrincipalPolicy': (input) => iam.send(new SimulatePrincipalPolicyCommand(input)),
} satisfies Operations;
