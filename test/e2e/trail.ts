import { gzipSync } from 'node:zlib';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Case } from '#core/case';
import { cloud } from './account.ts';
import { trailOf } from './deployed.ts';

const { endpoint, region, root, account, suffix } = cloud.engine;
const s3 = new S3Client({ endpoint, region, credentials: root, forcePathStyle: true });
export const trailBucket = trailOf(suffix);

/** The bucket; another file may have made it. */
export const makeTrail = () =>
  s3.send(new CreateBucketCommand({ Bucket: trailBucket })).catch((error: Error) => {
    if (!/^Bucket(AlreadyOwnedByYou|AlreadyExists)$/.test(error.name)) throw error;
  });

/** A trail file as CloudTrail would deliver it a minute after the cut; the engine delivers none (`docs/operate.md`). */
export async function deliver(found: Case, records: object[]): Promise<void> {
  const at = new Date(Date.parse(found.facts.contain?.cutAt ?? '') + 60_000).toISOString();
  const day = at.slice(0, 10).replaceAll('-', '/');
  const minute = at.slice(0, 16).replace(/[-:]/g, '');
  const name = `${account}_CloudTrail_${region}_${minute}Z_${found.id.replace('-', '')}.json.gz`;
  const Key = `AWSLogs/${account}/CloudTrail/${region}/${day}/${name}`;
  const Body = gzipSync(JSON.stringify({ Records: records }));
  await s3.send(new PutObjectCommand({ Bucket: trailBucket, Key, Body }));
}
