import { CreateTableCommand, DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Engine } from '../../local/engine.ts';
import { type Credential, now, type Work } from '../../local/personas/work.ts';

export const secretId = 'apps/pay/key';

/** Puts one item a unit, so that the table shows which units were really done. */
export const putItem: Work = (config) => {
  const dynamodb = new DynamoDBClient(config);
  return {
    call: (n) => dynamodb.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: `unit-${n}` } } })),
    close: () => dynamodb.destroy(),
  };
};

const allow = (action: string) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] });

/** An account with a table, and a user whose key an application keeps in a secret. Made and changed as root. */
export async function payAccount(engine: Engine) {
  const config = { endpoint: engine.endpoint, region: engine.region, credentials: engine.root };
  const iam = new IAMClient(config);
  const dynamodb = new DynamoDBClient(config);
  const secrets = new SecretsManagerClient(config);

  const newKey = async (UserName: string): Promise<Credential> => {
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
    return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
  };
  const user = async (UserName: string, action: string) => {
    await iam.send(new CreateUserCommand({ UserName }));
    await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'work', PolicyDocument: allow(action) }));
    return newKey(UserName);
  };

  await dynamodb.send(
    new CreateTableCommand({
      TableName: 'orders',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  );
  const pay = await user('pay', 'dynamodb:PutItem');
  const bystander = await user('bill', 'dynamodb:PutItem');
  const reader = await user('pay-reader', 'secretsmanager:GetSecretValue');
  await secrets.send(new CreateSecretCommand({ Name: secretId, SecretString: JSON.stringify(pay) }));

  return {
    pay,
    bystander,
    reader,
    setKey: (Status: 'Active' | 'Inactive') =>
      iam.send(new UpdateAccessKeyCommand({ UserName: 'pay', AccessKeyId: pay.accessKeyId, Status })),
    /** Sessions issued up to the end of this second are denied; the long-term keys are not. */
    denySessions: () => {
      const until = new Date(Math.ceil(Date.now() / 1000 + 1) * 1000).toISOString().replace('.000', '');
      const condition = { DateLessThan: { 'aws:TokenIssueTime': until } };
      const statement = { Effect: 'Deny', Action: '*', Resource: '*', Condition: condition };
      const document = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
      return iam.send(new PutUserPolicyCommand({ UserName: 'pay', PolicyName: 'cut', PolicyDocument: document }));
    },
    /** Answers when the new key was current. */
    async promote(): Promise<{ key: Credential; at: number }> {
      const key = await newKey('pay');
      await secrets.send(new PutSecretValueCommand({ SecretId: secretId, SecretString: JSON.stringify(key) }));
      return { key, at: now() };
    },
    async units(): Promise<number> {
      const { Count } = await dynamodb.send(new ScanCommand({ TableName: 'orders', Select: 'COUNT' }));
      return Count ?? 0;
    },
    close: () => {
      for (const client of [iam, dynamodb, secrets]) client.destroy();
    },
  };
}
