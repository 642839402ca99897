import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { AwsRefusal, type EvidenceStore } from '#core/ports';
import { clientSettings, send } from './client.ts';

/** Once an environment: a warm invocation keeps its connections. */
const shared = new S3Client(clientSettings);

/**
 * The evidence bucket. `If-None-Match: *` lets a key be written once (Amazon S3 User Guide, conditional writes); the
 * bucket's default retention locks what was written. The key of the encryption is always named.
 */
export function evidenceBucket(bucket: string, dataKey: string, s3 = shared): EvidenceStore {
  return {
    async put(key, bytes) {
      try {
        await send('s3:PutObject', () =>
          s3.send(
            new PutObjectCommand({
              Bucket: bucket,
              Key: key,
              Body: bytes,
              IfNoneMatch: '*',
              ChecksumAlgorithm: 'SHA256',
              ServerSideEncryption: 'aws:kms',
              SSEKMSKeyId: dataKey,
              ContentType: 'application/json',
            }),
          ),
        );
        return 'stored';
      } catch (error) {
        if (error instanceof AwsRefusal && error.name === 'PreconditionFailed') return 'exists';
        throw error;
      }
    },
    async get(key) {
      try {
        const { Body } = await send('s3:GetObject', () => s3.send(new GetObjectCommand({ Bucket: bucket, Key: key })));
        return (await Body?.transformToByteArray()) ?? null;
      } catch (error) {
        if (error instanceof AwsRefusal && error.name === 'NoSuchKey') return null;
        throw error;
      }
    },
  };
}
