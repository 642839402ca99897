import { describe, expect, it } from 'vitest';
import {
  createKey,
  deleteKey,
  dropPending,
  keysListing,
  orphansOf,
  promote,
  testKey,
  usesOf,
} from '#core/rotators/access-key-steps';
import { ports } from '../build-case.ts';
import { awsError, fakeAws } from '../fake-aws.ts';

function world() {
  const aws = fakeAws();
  const alice = aws.addUser('alice');
  const old = aws.addKey(alice);
  const current = { accessKeyId: old.id, secretAccessKey: old.secret, region: 'eu-central-1' };
  const secret = aws.addSecret('shop/alice', {}, JSON.stringify(current));
  const { ports: around } = ports({ aws });
  const create = () => createKey(secret.arn, 'alice', current, () => 'a-new-version-of-thirty-two-signs', around);
  return { aws, alice, old, current, secret, around, create };
}
const first = '00000000-first-version-of-it';

describe('the steps that replace a key', () => {
  it('make a key and keep the other fields of the secret beside it', async () => {
    const { create, secret, alice } = world();
    const made = await create();
    const stored = secret.versions.get(made.versionId);
    expect(JSON.parse(stored?.value ?? '')).toEqual({
      accessKeyId: alice.keys[1]?.id,
      secretAccessKey: alice.keys[1]?.secret,
      region: 'eu-central-1',
    });
    expect(stored?.labels).toEqual(new Set(['AWSPENDING']));
  });

  it('test it until it is served, and only as the right user', async () => {
    const { aws, create, around, alice } = world();
    aws.spread.newKeySeconds = 5;
    const { document } = await create();
    await testKey(document, alice.arn, around);
    await expect(testKey(document, `${alice.arn}2`, around)).rejects.toThrow(/is served as/);
  });

  it('promote it, and leave nothing pending', async () => {
    const { create, secret, around, alice } = world();
    const { versionId } = await create();
    await promote(secret.arn, versionId, first, alice.keys[1]?.id ?? '', around);
    expect(secret.versions.get(versionId)?.labels).toEqual(new Set(['AWSCURRENT']));
    expect(secret.versions.get(first)?.labels).toEqual(new Set(['AWSPREVIOUS']));
  });

  it('leave a label alone that another version has', async () => {
    const { create, secret, around } = world();
    const { versionId } = await create();
    await dropPending(secret.arn, first, around);
    expect(secret.versions.get(versionId)?.labels).toEqual(new Set(['AWSPENDING']));
  });

  it('find the keys that are neither of before nor in a version', async () => {
    const { aws, alice, old, secret, around } = world();
    const stray = aws.addKey(alice);
    const attempts = [around.now().toISOString()];
    const left = (keysBefore: string[]) =>
      orphansOf(secret.arn, 'alice', { keysBefore, attempts }, null, old.id, around);
    expect(await left([])).toEqual([stray.id]);
    expect(await left([stray.id])).toEqual([]);
  });

  it('take no key for an orphan that IAM made at another time than an attempt, or that was used', async () => {
    const { aws, alice, old, secret, around } = world();
    const stray = aws.addKey(alice);
    const left = (seconds: number) =>
      orphansOf(
        secret.arn,
        'alice',
        { keysBefore: [], attempts: [new Date(stray.createdAt.getTime() + seconds * 1000).toISOString()] },
        null,
        old.id,
        around,
      );
    expect([await left(-121), await left(-120), await left(10), await left(11)]).toEqual([
      [],
      [stray.id],
      [stray.id],
      [],
    ]);
    stray.lastUsed = around.now();
    expect(await left(0)).toEqual([]);
  });

  it('take no key for an orphan whose use IAM does not tell', async () => {
    const { aws, alice, old, secret, around } = world();
    aws.addKey(alice);
    aws.fail('iam:GetAccessKeyLastUsed', 1, { error: awsError('AccessDenied', 'no', 403) });
    const attempts = [around.now().toISOString()];
    expect(await orphansOf(secret.arn, 'alice', { keysBefore: [], attempts }, null, old.id, around)).toEqual([]);
  });

  it('wait for a key to be listed, but not for ever', async () => {
    const { aws, alice, old, around } = world();
    const from = aws.clock.ms();
    expect((await keysListing(old.id, 'alice', around)).map(({ id }) => id)).toEqual([old.id]);
    expect(aws.clock.ms() - from).toBe(20);
    expect((await keysListing('AKIANEVERLISTED00000', 'alice', around)).map(({ id }) => id)).toEqual([old.id]);
    expect(aws.clock.ms() - from).toBeLessThan(48_000);
    expect(alice.keys).toHaveLength(1);
  });

  it('take a key that is deleted already for deleted, and nothing else', async () => {
    const { aws, old, around } = world();
    await deleteKey(old.id, 'alice', around);
    await deleteKey(old.id, 'alice', around);
    expect(aws.deleted).toEqual([old.id]);
    aws.fail('iam:DeleteAccessKey', 1, { error: awsError('AccessDenied', 'no', 403) });
    await expect(deleteKey(old.id, 'alice', around)).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('tell when each key was used last', async () => {
    const { alice, old, around } = world();
    old.lastUsed = new Date('2026-08-20T09:59:00.000Z');
    const keys = alice.keys.map(({ id, status }) => ({ id, status, createdAt: null }));
    expect((await usesOf(keys, around)).told).toBe(`${old.id} Active, last used 2026-08-20T09:59:00.000Z`);
  });
});
