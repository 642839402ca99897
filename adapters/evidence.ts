import { setTimeout as pause } from 'node:timers/promises';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { RetryableError } from '#core/error';
import { AwsRefusal, type EvidenceStore } from '#core/ports';
import { clientSettings, send } from './client.ts';

/** Once an environment: a warm invocation keeps its connections. */
const shared = new S3Client(clientSettings);

/** Another write of the same key is under way; S3 asks to upload again, and the SDK does not (S3 API, PutObject). */
const isConflict = (error: unknown): error is AwsRefusal =>
  error instanceof AwsRefusal && error.name === 'ConditionalRequestConflict';
const mostTries = 5;

/**
 * What S3 answers for a key that is not there: NoSuchKey only to who may list the bucket, AccessDenied to everybody else
 * (Amazon S3 API, GetObject). None of our roles lists, so the two are one here.
 */
const unreadable = ['NoSuchKey', 'AccessDenied'];

/**
 * The evidence bucket. `If-None-Match: *` lets a key be written once (Amazon S3 User Guide, conditional writes); the
 * bucket's default retention locks what was written. The key of the encryption is always named.
 */
export function evidenceBucket(bucket: string, dataKey: string, s3 = shared): EvidenceStore {
  const put = async (key: string, bytes: Uint8Array): Promise<'stored' | 'exists'> => {
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
  };
  return {
    async put(key, bytes) {
      for (let tries = 1; ; tries += 1) {
        try {
          return await put(key, bytes);
        } catch (error) {
          if (!isConflict(error)) throw error;
          if (tries === mostTries) throw new RetryableError(error.message, { cause: error });
          await pause(Math.random() * 20 * 2 ** tries);
        }
      }
    },
    /** Null where nothing is there that this caller may read: whoever asks takes it for evidence that is missing. */
    async get(key) {
      try {
        const { Body } = await send('s3:GetObject', () => s3.send(new GetObjectCommand({ Bucket: bucket, Key: key })));
        return (await Body?.transformToByteArray()) ?? null;
      } catch (error) {
        if (error instanceof AwsRefusal && unreadable.includes(error.name)) return null;
        throw error;
      }
    },
  };
}
