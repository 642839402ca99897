import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Engine } from './engine.ts';
import type { Credential, Work } from './personas/work.ts';

/** An IAM user that was made for a story, with one real key. */
export interface SeededUser {
  name: string;
  arn: string;
  uniqueId: string;
  key: Credential;
}

/** An IAM role that was made for a story. */
export interface SeededRole {
  name: string;
  arn: string;
  uniqueId: string;
}

/** A user, its key in a secret, and what the application that holds it needs. */
export interface SeededDecoy extends SeededUser {
  secret: { name: string; arn: string };
  /** May read the secret: the application's own identity. */
  reader: SeededUser;
}

const clientsOf = ({ endpoint, region, root }: Engine) => {
  const config = { endpoint, region, credentials: root };
  return { iam: new IAMClient(config), secrets: new SecretsManagerClient(config), db: new DynamoDBClient(config) };
};

/** The table that stands for the business: the decoy, the attacker who holds its key and the bystander work on it. */
export const ordersTable = 'orders';

/** Makes principals and data as the account's administrator would. The only part that acts as root, with the launcher. */
export function seeder(engine: Engine) {
  const { iam, secrets, db } = clientsOf(engine);

  const user = async (base: string, statements: object[], tags: Record<string, string> = {}): Promise<SeededUser> => {
    const name = base + engine.suffix;
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    const { User } = await iam.send(new CreateUserCommand({ UserName: name, Tags }));
    if (statements.length > 0) {
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statements });
      await iam.send(new PutUserPolicyCommand({ UserName: name, PolicyName: 'work', PolicyDocument }));
    }
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: name }));
    if (!User?.Arn || !User.UserId || !AccessKey?.AccessKeyId || !AccessKey.SecretAccessKey)
      throw new Error(`the engine did not make the user ${name}`);
    const key = { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey };
    return { name, arn: User.Arn, uniqueId: User.UserId, key };
  };

  return {
    user,

    async orders(): Promise<void> {
      const table = new CreateTableCommand({
        TableName: ordersTable,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      });
      // Another run on the same engine may have made it.
      await db.send(table).catch((error: Error) => {
        if (error.name !== 'ResourceInUseException') throw error;
      });
    },

    /** A user whose key an application reads from a secret that is ours to rotate, owner and link by tag. */
    async decoy(base: string, owner: string): Promise<SeededDecoy> {
      const decoy = await user(base, [mayWork], { rescind: 'managed', owner });
      const created = await secrets.send(
        new CreateSecretCommand({
          Name: `apps/${decoy.name}`,
          SecretString: JSON.stringify(decoy.key),
          Tags: [
            { Key: 'rescind', Value: 'managed' },
            { Key: 'rescind-user', Value: decoy.name },
            { Key: 'owner', Value: owner },
          ],
        }),
      );
      const secret = { name: `apps/${decoy.name}`, arn: created.ARN ?? '' };
      const reader = await user(`${base}-reader`, [
        { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: secret.arn },
      ]);
      return { ...decoy, secret, reader };
    },

    /** A second key, as a user who rotates by hand has it; IAM allows no third. */
    async secondKey(name: string): Promise<void> {
      await iam.send(new CreateAccessKeyCommand({ UserName: name }));
    },

    /** What somebody does who thinks that the key is still needed. */
    async reactivate(name: string, AccessKeyId: string): Promise<void> {
      await iam.send(new UpdateAccessKeyCommand({ UserName: name, AccessKeyId, Status: 'Active' }));
    },

    bystander: (name: string): Promise<SeededUser> => user(name, [mayWork]),

    /** A user who may assume this role, as the service does that runs a workload. */
    launcher: (name: string, role: string): Promise<SeededUser> =>
      user(name, [
        { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: `arn:aws:iam::*:role/${role}${engine.suffix}` },
      ]),

    /** A role that may work on orders, for instances and for whom it trusts by ARN. */
    async role(
      base: string,
      trusts: string[],
      { onward, path = '/', tags = {} }: { onward?: string; path?: string; tags?: Record<string, string> } = {},
    ): Promise<SeededRole> {
      const name = base + engine.suffix;
      const assume = { Effect: 'Allow', Action: 'sts:AssumeRole' };
      const trust = [
        { ...assume, Principal: { Service: 'ec2.amazonaws.com' } },
        ...(trusts.length > 0 ? [{ ...assume, Principal: { AWS: trusts } }] : []),
      ];
      const { Role } = await iam.send(
        new CreateRoleCommand({
          RoleName: name,
          Path: path,
          Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
          AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: trust }),
        }),
      );
      const Statement = [mayWork, ...(onward ? [{ ...assume, Resource: onward }] : [])];
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
      await iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: 'work', PolicyDocument }));
      if (!Role?.Arn || !Role.RoleId) throw new Error(`the engine did not make the role ${name}`);
      return { name, arn: Role.Arn, uniqueId: Role.RoleId };
    },

    /** Runs Rescind's CLI and may send simulated events; it may touch no identity. */
    operator: (name: string): Promise<SeededUser> => user(name, mayOperate),

    close() {
      for (const client of [iam, secrets, db]) client.destroy();
    },
  };
}

const mayWork = {
  Effect: 'Allow',
  Action: ['dynamodb:PutItem', 'dynamodb:GetItem'],
  Resource: `arn:aws:dynamodb:*:*:table/${ordersTable}`,
};

const mayOperate = [
  {
    Effect: 'Allow',
    Action: [
      'cloudformation:DescribeStacks',
      'dynamodb:GetItem',
      'dynamodb:Query',
      's3:GetObject',
      'kms:Decrypt',
      'kms:GetPublicKey',
      'states:ListExecutions',
    ],
    Resource: '*',
  },
  { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: 'arn:aws:iam::*:role/rescind-*-simulation-publisher' },
];

/** One order: the harmless call that the application, the attacker and the bystander repeat. */
export const writesOrders =
  (who: string): Work =>
  (config) => {
    const db = new DynamoDBClient(config);
    return {
      call: (n) =>
        db.send(new PutItemCommand({ TableName: ordersTable, Item: { id: { S: `${who}-${n}` }, by: { S: who } } })),
      close: () => db.destroy(),
    };
  };
