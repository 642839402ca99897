import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import type { Operations } from './call-aws.ts';
import { clientSettings } from './client.ts';

const secrets = new SecretsManagerClient(clientSettings);

/** The Secrets Manager calls of steps and plugins. */
export const secretOperations = {
  'secretsmanager:ListSecrets': (input) => secrets.send(new ListSecretsCommand(input)),
  'secretsmanager:DescribeSecret': (input) => secrets.send(new DescribeSecretCommand(input)),
  'secretsmanager:GetSecretValue': (input) => secrets.send(new GetSecretValueCommand(input)),
  'secretsmanager:PutSecretValue': (input) => secrets.send(new PutSecretValueCommand(input)),
  'secretsmanager:UpdateSecretVersionStage': (input) => secrets.send(new UpdateSecretVersionStageCommand(input)),
} satisfies Operations;
