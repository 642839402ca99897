import { S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { evidenceBucket } from '#adapters/evidence';

interface Answer {
  status: number;
  code?: string;
}

/** A bucket that answers so, one request after the other, in the form of the S3 API's error responses. */
function bucket(...answers: Answer[]) {
  const methods: string[] = [];
  const handle = async ({ method }: { method: string }) => {
    methods.push(method);
    const { status, code } = answers[methods.length - 1] ?? { status: 200 };
    const xml = code ? `<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>` : '';
    return {
      response: { statusCode: status, headers: { 'content-type': 'application/xml' }, body: Buffer.from(xml) },
    };
  };
  const s3 = new S3Client({
    region: 'eu-central-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'y' },
    requestHandler: { handle, destroy: () => undefined } as never,
  });
  return { store: evidenceBucket('b', 'arn:aws:kms:eu-central-1:111122223333:key/k', s3), methods };
}
const conflict = { status: 409, code: 'ConditionalRequestConflict' };
const bytes = Buffer.from('{}');

describe('the evidence bucket, asked for a key that is not there', () => {
  it.each([
    ['404 to who may list it', { status: 404, code: 'NoSuchKey' }],
    ['403 to who may only read it, as our roles', { status: 403, code: 'AccessDenied' }],
  ])('has nothing: S3 answers %s', async (_, answer) => {
    expect(await bucket(answer).store.get('cases/c-1/0001.dsse.json')).toBeNull();
  });

  it.each(['ExpiredToken', 'NoSuchBucket'])('does not take %s for nothing', async (code) => {
    await expect(bucket({ status: 403, code }).store.get('raw/x')).rejects.toMatchObject({ name: code });
  });
});

describe('the evidence bucket, beside another write of the same key', () => {
  it('says that the key exists where the other write was first', async () => {
    expect(await bucket({ status: 412, code: 'PreconditionFailed' }).store.put('raw/x', bytes)).toBe('exists');
  });

  it('writes again where the two have met, as S3 asks', async () => {
    const { store, methods } = bucket(conflict, conflict);
    expect(await store.put('raw/x', bytes)).toBe('stored');
    expect(methods).toEqual(['PUT', 'PUT', 'PUT']);
  });

  it('learns by writing again that the other write has won', async () => {
    const { store } = bucket(conflict, { status: 412, code: 'PreconditionFailed' });
    expect(await store.put('raw/x', bytes)).toBe('exists');
  });

  it('gives up as something to try later, so that no case is parked for it', async () => {
    const { store } = bucket(...Array.from({ length: 9 }, () => conflict));
    await expect(store.put('raw/x', bytes)).rejects.toMatchObject({ name: 'Retryable' });
  });

  it('is told at once what no other try cures', async () => {
    const { store, methods } = bucket({ status: 403, code: 'AccessDenied' });
    await expect(store.put('raw/x', bytes)).rejects.toMatchObject({ name: 'AccessDenied' });
    expect(methods).toEqual(['PUT']);
  });
});
