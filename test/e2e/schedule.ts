import {
  DeleteResourcePolicyCommand,
  GetSecretValueCommand,
  PutResourcePolicyCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
  UntagResourceCommand,
} from '@aws-sdk/client-secrets-manager';
import type { Credential } from '../../local/personas/work.ts';
import type { SeededDecoy } from '../../local/seed.ts';
import { cloud } from './account.ts';
import { call } from './invoke.ts';

const { endpoint, region, root, account } = cloud.engine;
const secrets = new SecretsManagerClient({ endpoint, region, credentials: root });
export const rotationSteps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

/** Names our function as the secret's rotation function. The engine calls none, and relabels the value that is there. */
export async function schedule({ secret }: SeededDecoy): Promise<void> {
  const RotationRules = { AutomaticallyAfterDays: 30 };
  const RotationLambdaARN = cloud.outputs.RotationFunction;
  await secrets.send(new RotateSecretCommand({ SecretId: secret.arn, RotationLambdaARN, RotationRules }));
}

/** Begins a rotation as Secrets Manager does, with a version that has no value, and sends its events. */
export async function begin({ secret }: SeededDecoy) {
  const version = crypto.randomUUID();
  const begun = { SecretId: secret.arn, ClientRequestToken: version, VersionStages: ['AWSPENDING'] };
  await secrets.send(new PutSecretValueCommand(begun));
  const step = async (Step: (typeof rotationSteps)[number]) =>
    (await call('rotation', { Step, SecretId: secret.arn, ClientRequestToken: version })).error;
  const all = async () => {
    for (const each of rotationSteps) {
      const error = await step(each);
      if (error) return error;
    }
    return null;
  };
  return { step, all };
}

export async function heldBy({ secret }: SeededDecoy, VersionStage = 'AWSCURRENT'): Promise<Credential> {
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: secret.arn, VersionStage }));
  return JSON.parse(SecretString ?? 'null') as Credential;
}

/** Meanwhile the rotation function cannot store a new value: the end of a process between two calls, as seen from outside. */
export async function withoutStoring({ secret }: SeededDecoy, meanwhile: () => Promise<void>): Promise<void> {
  const Principal = { AWS: `arn:aws:iam::${account}:role/rescind-${region}-rotation` };
  const Statement = [{ Effect: 'Deny', Principal, Action: 'secretsmanager:PutSecretValue', Resource: '*' }];
  const ResourcePolicy = JSON.stringify({ Version: '2012-10-17', Statement });
  await secrets.send(new PutResourcePolicyCommand({ SecretId: secret.arn, ResourcePolicy }));
  await meanwhile();
  await secrets.send(new DeleteResourcePolicyCommand({ SecretId: secret.arn }));
}

/** Takes the tag away that makes the secret ours to rotate. */
export async function unmanage({ secret }: SeededDecoy): Promise<void> {
  await secrets.send(new UntagResourceCommand({ SecretId: secret.arn, TagKeys: ['rescind'] }));
}
