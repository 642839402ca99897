import { IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { PutObjectLockConfigurationCommand, S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Engine } from './engine.ts';

export interface Completions {
  buckets: { name: string; mode: 'governance' | 'compliance'; days: number }[];
  /** URLs of the queues whose policies name roles. */
  queues?: string[];
  /** ARN of the operator role. */
  operator?: string;
}

/**
 * What CloudFormation does on AWS and the engine leaves out. Each is the documented effect of a template property,
 * so that a template assertion proves the AWS side. May run twice.
 */
export async function complete(engine: Engine, { buckets, queues = [], operator }: Completions): Promise<void> {
  const { endpoint, region, root } = engine;
  const s3 = new S3Client({ endpoint, region, credentials: root, forcePathStyle: true });
  const sqs = new SQSClient({ endpoint, region, credentials: root });
  const iam = new IAMClient({ endpoint, region, credentials: root });
  try {
    await Promise.all([...buckets.map((bucket) => lock(s3, bucket)), ...queues.map((queue) => letIn(sqs, queue))]);
    if (operator) await letAsk(iam, operator);
  } finally {
    iam.destroy();
    s3.destroy();
    sqs.destroy();
  }
}

/**
 * AWS::S3::Bucket ObjectLockEnabled and ObjectLockConfiguration are ignored: without this, a put with a retention date
 * is refused as InvalidRequest.
 */
async function lock(s3: S3Client, { name, mode, days }: Completions['buckets'][number]): Promise<void> {
  const retention = { Mode: mode === 'compliance' ? 'COMPLIANCE' : 'GOVERNANCE', Days: days } as const;
  const configuration = { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: retention } } as const;
  await s3.send(new PutObjectLockConfigurationCommand({ Bucket: name, ObjectLockConfiguration: configuration }));
}

interface Statement {
  Condition?: { Bool?: object; ArnNotEquals?: { 'aws:PrincipalArn': string | string[] } };
}

/**
 * Our queues are closed by TLS and by the ARNs of roles. The engine speaks HTTP on a loopback address, and
 * gives a session's own ARN in aws:PrincipalArn where AWS gives its role's: so the first condition is taken away here,
 * and the sessions of each role stand beside it. Everybody else is refused as on AWS.
 */
async function letIn(sqs: SQSClient, QueueUrl: string): Promise<void> {
  const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['Policy'] });
  const { Attributes } = await sqs.send(asked);
  const policy = JSON.parse(Attributes?.Policy ?? '{"Statement":[]}') as { Statement: Statement[] };
  const Statement = policy.Statement.filter(({ Condition }) => !Condition?.Bool).map((statement) => {
    const roles = [statement.Condition?.ArnNotEquals?.['aws:PrincipalArn'] ?? []].flat();
    const sessions = roles.map((arn) => `${arn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/*`);
    const all = [...new Set([...roles, ...sessions.filter((arn) => !arn.endsWith('/*/*'))])];
    return roles.length > 0 ? { ...statement, Condition: { ArnNotEquals: { 'aws:PrincipalArn': all } } } : statement;
  });
  const Policy = JSON.stringify({ ...policy, Statement });
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
}

/**
 * The operator may list the targets of our rules. AWS weighs that against the rule (Service Authorization Reference), the
 * engine against its bus, and on the default bus against nothing that has a name.
 */
async function letAsk(iam: IAMClient, roleArn: string): Promise<void> {
  const [RoleName] = roleArn.split('/').slice(-1);
  const Statement = [{ Effect: 'Allow', Action: 'events:ListTargetsByRule', Resource: '*' }];
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'engine-lists-targets', PolicyDocument }));
}
