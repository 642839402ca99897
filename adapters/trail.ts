import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import type { Trail } from '#core/ports';
import type { Settings } from '#core/settings';
import { clientSettings, send } from './client.ts';

const unpack = promisify(gunzip);

/** The bucket that settings name, read only; without one nobody asks. */
export function trailBucket(trail: Settings['trail'], s3 = new S3Client(clientSettings)): Trail {
  const Bucket = trail?.bucket;
  const page = (input: { Prefix: string; Delimiter?: string; MaxKeys?: number }, ContinuationToken?: string) =>
    send('s3:ListObjectsV2', () => s3.send(new ListObjectsV2Command({ Bucket, ...input, ContinuationToken })), [
      's3:ListBucket',
    ]);
  return {
    async folders(prefix) {
      const { CommonPrefixes = [] } = await page({ Prefix: prefix, Delimiter: '/' });
      return CommonPrefixes.flatMap(({ Prefix }) => (Prefix ? [Prefix.slice(prefix.length).replace(/\/$/, '')] : []));
    },
    async keys(prefix, most) {
      const keys: string[] = [];
      let next: string | undefined;
      do {
        const { Contents = [], NextContinuationToken } = await page({ Prefix: prefix }, next);
        keys.push(...Contents.flatMap(({ Key }) => (Key ? [Key] : [])));
        next = NextContinuationToken;
      } while (next && keys.length < most);
      return keys.slice(0, most);
    },
    async read(key, most) {
      const { Body, ContentLength } = await send('s3:GetObject', () =>
        s3.send(new GetObjectCommand({ Bucket, Key: key })),
      );
      if (!Body || (ContentLength ?? 0) > most) return null;
      const packed = await Body.transformToByteArray();
      // What unpacks to more than this is not read: a small file may hold gigabytes.
      return unpack(packed, { maxOutputLength: most }).catch(() => null);
    },
  };
}
