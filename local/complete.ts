import { PutObjectLockConfigurationCommand, S3Client } from '@aws-sdk/client-s3';
import type { Engine } from './engine.ts';

export interface Completions {
  buckets: { name: string; mode: 'governance' | 'compliance'; days: number }[];
}

/**
 * What CloudFormation does on AWS and the engine leaves out. Each is the documented effect of a template property,
 * so that a template assertion proves the AWS side. May run twice.
 */
export async function complete(engine: Engine, { buckets }: Completions): Promise<void> {
  const { endpoint, region, root } = engine;
  const s3 = new S3Client({ endpoint, region, credentials: root, forcePathStyle: true });
  try {
    await Promise.all(buckets.map((bucket) => lock(s3, bucket)));
  } finally {
    s3.destroy();
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
