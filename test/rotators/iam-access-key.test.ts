import { describe, expect, it } from 'vitest';
import type { RotationIntent } from '#core/case';
import { lookUpUser } from '#core/facts/look-up';
import { iamAccessKey } from '#core/rotators';
import { ports } from '../build-case.ts';
import { awsError, fakeAws } from '../fake-aws.ts';

/** Alice, whose leaked key has been cut, and the secret that holds it. */
function world(settings: Record<string, unknown> = {}) {
  const aws = fakeAws();
  const alice = aws.addUser('alice', { rescind: 'managed' });
  const old = aws.addKey(alice);
  old.status = 'Inactive';
  const value = { accessKeyId: old.id, secretAccessKey: old.secret, region: 'eu-central-1' };
  const secret = aws.addSecret('shop/alice', {}, JSON.stringify(value));
  const around = ports({ aws, settings });
  const rotate = async (intent?: RotationIntent) => {
    const user = await lookUpUser('alice', around.ports.aws);
    if (!user) throw new Error('no alice');
    return iamAccessKey.rotate({ secret, user, compromised: [old.id], intent }, around.ports);
  };
  const labelled = (label: string) => [...secret.versions.values()].find(({ labels }) => labels.has(label));
  const held = (label = 'AWSCURRENT') => JSON.parse(labelled(label)?.value ?? 'null');
  const startedAt = aws.clock.now().toISOString();
  const begun = (keysBefore = [old.id]): RotationIntent => ({
    oldKeyId: old.id,
    keysBefore,
    at: [startedAt],
    orphans: [],
  });
  return { aws, alice, old, secret, rotate, held, labelled, begun, kept: around.kept };
}

describe('iam-access-key', () => {
  it('puts a new key of the user under AWSCURRENT and leaves the old one as AWSPREVIOUS', async () => {
    const { rotate, held, old, alice } = world();
    const made = await rotate();
    const fresh = alice.keys.at(-1);
    expect(made).toMatchObject({ outcome: 'rotated', rotation: { outcome: 'rotated', newKeyId: fresh?.id } });
    expect([held().secretAccessKey, held('AWSPREVIOUS').accessKeyId]).toEqual([fresh?.secret, old.id]);
  });

  it('says of a secret that somebody has rotated already what its value before shows', async () => {
    const { aws, alice, old, secret, rotate } = world();
    const theirs = aws.addKey(alice);
    const value = JSON.stringify({ accessKeyId: theirs.id, secretAccessKey: theirs.secret });
    await aws.operations['secretsmanager:PutSecretValue']?.({
      SecretId: secret.arn,
      SecretString: value,
      ClientRequestToken: 'b'.repeat(32),
      VersionStages: ['AWSCURRENT'],
    } as never);
    expect(await rotate()).toMatchObject({
      outcome: 'rotated',
      rotation: { outcome: 'already-rotated', oldKeyId: old.id, newKeyId: theirs.id },
    });
  });

  it('claims nothing of a secret that has never held a key that was cut', async () => {
    const { aws, alice, rotate, secret } = world();
    const other = aws.addKey(alice);
    for (const version of secret.versions.values())
      version.value = JSON.stringify({ accessKeyId: other.id, secretAccessKey: other.secret });
    expect(await rotate()).toEqual({ outcome: 'not-concerned' });
  });

  it('keeps the other fields of the secret', async () => {
    const { rotate, held } = world();
    await rotate();
    expect(held().region).toBe('eu-central-1');
  });

  it('leaves no AWSPENDING behind, which would block the next rotation', async () => {
    const { rotate, labelled } = world();
    await rotate();
    expect(labelled('AWSPENDING')).toBeUndefined();
  });

  it('stores the keys of before, before it makes a key', async () => {
    const { aws, rotate, kept, old, secret } = world();
    aws.fail('iam:CreateAccessKey', 1, { error: awsError('AccessDenied', 'no', 403) });
    await expect(rotate()).rejects.toMatchObject({ name: 'AccessDenied' });
    const at = [expect.any(String)];
    expect(kept).toEqual([{ rotation: { [secret.arn]: { oldKeyId: old.id, keysBefore: [old.id], at, orphans: [] } } }]);
  });

  it('tests the new key before it promotes it', async () => {
    const { aws, rotate, held, old } = world();
    aws.spread.newKeySeconds = 10_000;
    await expect(rotate()).rejects.toMatchObject({ name: 'Retryable' });
    expect(held().accessKeyId).toBe(old.id);
  });

  it('does not promote a key that is served as somebody else', async () => {
    const { aws, rotate, held, old } = world();
    aws.handles['iam:CreateAccessKey'] = () => {
      const { id, secret } = aws.addKey(aws.addUser('mallory'));
      return { AccessKey: { AccessKeyId: id, SecretAccessKey: secret } };
    };
    await expect(rotate()).rejects.toThrow(/is served as arn:aws:iam::111122223333:user\/mallory/);
    expect(held().accessKeyId).toBe(old.id);
  });

  it('compares the value after the promotion, not what AWS said of it', async () => {
    const { aws, rotate } = world();
    aws.fail('secretsmanager:UpdateSecretVersionStage', 1, 'nothing');
    await expect(rotate()).rejects.toMatchObject({ name: 'Retryable' });
  });
});

describe('iam-access-key on a retry', () => {
  it('takes up the key that the crashed attempt has put under AWSPENDING', async () => {
    const { aws, rotate, alice, begun } = world();
    aws.spread.newKeySeconds = 10_000;
    await expect(rotate()).rejects.toThrow();
    aws.clock.pass(20_000_000);
    const made = await rotate(begun());
    expect(made).toMatchObject({ rotation: { outcome: 'rotated', newKeyId: alice.keys[1]?.id, orphansDeleted: [] } });
    expect(alice.keys).toHaveLength(2);
  });

  it('deletes the key that nobody can ever use, and says so', async () => {
    const { aws, rotate, alice, begun } = world();
    const orphan = aws.addKey(alice);
    const made = await rotate(begun());
    expect(aws.deleted).toEqual([orphan.id]);
    expect(made).toMatchObject({ rotation: { orphansDeleted: [orphan.id] } });
  });

  it('stores what it will delete before it does, so that a crash cannot hide the deletion', async () => {
    const { aws, rotate, alice, secret, begun, kept } = world();
    const orphan = aws.addKey(alice);
    aws.fail('iam:DeleteAccessKey', 1, { error: awsError('Crash', 'died'), after: true });
    await expect(rotate(begun())).rejects.toThrow();
    expect(kept).toEqual([{ rotation: { [secret.arn]: { ...begun(), orphans: [orphan.id] } } }]);
    expect(await rotate({ ...begun(), orphans: [orphan.id] })).toMatchObject({
      rotation: { orphansDeleted: [orphan.id] },
    });
  });

  it.each([
    ['made before the attempt', { createdAt: new Date('2026-08-20T09:59:00.000Z') }],
    ['made long after it', { createdAt: new Date('2026-08-20T10:05:00.000Z') }],
    ['used since', { lastUsed: new Date('2026-08-20T10:00:30.000Z') }],
  ])('takes no key for its own that was %s, and asks its owner', async (_, key) => {
    const { aws, rotate, alice, begun } = world();
    Object.assign(aws.addKey(alice), key);
    expect(await rotate(begun())).toMatchObject({
      outcome: 'blocked',
      reason: expect.stringContaining('has two keys of its own'),
    });
    expect(aws.deleted).toEqual([]);
  });

  it('deletes nothing by an intent that does not say when', async () => {
    const { aws, rotate, alice, begun } = world();
    aws.addKey(alice);
    const { at: _, ...untimed } = begun();
    expect(await rotate(untimed)).toMatchObject({ outcome: 'blocked' });
    expect(aws.deleted).toEqual([]);
  });

  it.each(['AWSPENDING', 'AWSPREVIOUS'])('deletes no key that stands in the version %s', async (label) => {
    const { aws, rotate, alice, secret, begun } = world();
    const held = aws.addKey(alice);
    const value = JSON.stringify({ accessKeyId: held.id, secretAccessKey: held.secret });
    secret.versions.set('another', { value, labels: new Set([label]) });
    await rotate(begun());
    expect(aws.deleted).toEqual([]);
  });

  it('deletes no key of before', async () => {
    const { aws, rotate, alice, old, begun } = world();
    const own = aws.addKey(alice);
    expect(await rotate(begun([old.id, own.id]))).toMatchObject({ outcome: 'blocked' });
    expect(aws.deleted).toEqual([]);
  });

  it('deletes nothing where DescribeSecret answers nothing', async () => {
    const { aws, rotate, alice, begun } = world();
    aws.addKey(alice);
    aws.fail('secretsmanager:DescribeSecret', 10, 'nothing');
    await expect(rotate(begun())).rejects.toMatchObject({ code: 'ANSWER_UNEXPECTED' });
    expect(aws.deleted).toEqual([]);
  });

  it('deletes nothing by the intent of a rotation whose key is now the one to replace', async () => {
    const { aws, rotate, alice, old, begun } = world();
    await rotate();
    const replacement = alice.keys[1];
    const intent = begun();
    const user = await lookUpUser('alice', ports({ aws }).ports.aws);
    const secret = [...aws.secrets.values()][0];
    if (!user || !secret || !replacement) throw new Error('not arranged');
    const compromised = [old.id, replacement.id];
    await iamAccessKey.rotate({ secret, user, compromised, intent }, ports({ aws }).ports);
    expect(aws.deleted).toEqual([]);
  });

  it('deletes no key by the list of an earlier rotation: somebody may have made one since', async () => {
    const { aws, rotate, alice, old, secret, begun } = world();
    await rotate();
    alice.keys = alice.keys.filter(({ id }) => id !== old.id);
    const [replacement] = alice.keys;
    aws.addKey(alice);
    const around = ports({ aws });
    const user = await lookUpUser('alice', around.ports.aws);
    if (!user || !replacement) throw new Error('not arranged');
    const order = { secret, user, compromised: [replacement.id], intent: begun() };
    expect(await iamAccessKey.rotate(order, around.ports)).toMatchObject({ outcome: 'blocked' });
    expect(aws.deleted).toEqual([]);
  });

  it('finds a promotion that its answer was lost of, and makes no second key', async () => {
    const { aws, rotate, alice, begun, labelled } = world();
    aws.fail('secretsmanager:UpdateSecretVersionStage', 1, { error: awsError('Crash', 'died', 500), after: true });
    await expect(rotate()).rejects.toThrow();
    expect(await rotate(begun())).toMatchObject({ rotation: { outcome: 'rotated', newKeyId: alice.keys[1]?.id } });
    expect([alice.keys.length, labelled('AWSPENDING')]).toEqual([2, undefined]);
  });
});

describe('iam-access-key, where IAM lists keys late', () => {
  /** From now on IAM lists what it has made or deleted only after so many seconds. */
  function late(seconds: number) {
    const made = world();
    const { aws, alice } = made;
    const past: { until: number; keys: (typeof alice)['keys'] }[] = [];
    const answer = aws.handles['iam:ListAccessKeys'];
    for (const operation of ['iam:CreateAccessKey', 'iam:DeleteAccessKey'] as const) {
      const change = aws.handles[operation];
      aws.handles[operation] = (input) => {
        const keys = [...alice.keys];
        const answered = change(input);
        past.push({ until: aws.clock.ms() + seconds * 1000, keys });
        return answered;
      };
    }
    aws.handles['iam:ListAccessKeys'] = (input) => {
      const now = alice.keys;
      alice.keys = past.find(({ until }) => aws.clock.ms() < until)?.keys ?? now;
      try {
        return answer(input);
      } finally {
        alice.keys = now;
      }
    };
    return made;
  }

  it('takes up the key of the crashed attempt once it is listed, and makes no second one', async () => {
    const { aws, rotate, alice, begun } = late(20);
    aws.spread.newKeySeconds = 10;
    aws.fail('secretsmanager:UpdateSecretVersionStage', 1, { error: awsError('Crash', 'died') });
    await expect(rotate()).rejects.toThrow();
    expect(await rotate(begun())).toMatchObject({ rotation: { newKeyId: alice.keys[1]?.id, orphansDeleted: [] } });
    expect(alice.keys).toHaveLength(2);
  });

  it('knows the key that it has promoted itself', async () => {
    const { aws, rotate, alice, begun } = late(20);
    aws.fail('secretsmanager:UpdateSecretVersionStage', 1, { error: awsError('Crash', 'died', 500), after: true });
    await expect(rotate()).rejects.toThrow();
    expect(await rotate(begun())).toMatchObject({ rotation: { outcome: 'rotated', newKeyId: alice.keys[1]?.id } });
  });

  it('asks to be tried again beside an orphan that is not listed yet, and deletes it then', async () => {
    const { aws, rotate, alice, begun } = late(20);
    aws.fail('secretsmanager:PutSecretValue', 1, { error: awsError('Crash', 'died') });
    await expect(rotate()).rejects.toThrow();
    const orphan = alice.keys[1]?.id;
    await expect(rotate(begun())).rejects.toMatchObject({ name: 'Retryable' });
    aws.clock.pass(20_000);
    expect(await rotate(begun())).toMatchObject({ rotation: { outcome: 'rotated', orphansDeleted: [orphan] } });
    expect(aws.deleted).toEqual([orphan]);
  });

  it('takes the orphan that it has deleted for gone, though it is listed still', async () => {
    const { aws, rotate, alice, begun } = late(20);
    const orphan = aws.addKey(alice);
    expect(await rotate(begun())).toMatchObject({ rotation: { outcome: 'rotated', orphansDeleted: [orphan.id] } });
  });

  it('deletes an orphan again that an attempt before has deleted, and goes on', async () => {
    const { aws, rotate, alice, begun } = late(20);
    const orphan = aws.addKey(alice);
    aws.fail('iam:CreateAccessKey', 1, { error: awsError('Crash', 'died') });
    await expect(rotate(begun())).rejects.toThrow();
    expect(await rotate({ ...begun(), orphans: [orphan.id] })).toMatchObject({
      rotation: { outcome: 'rotated', orphansDeleted: [orphan.id] },
    });
  });

  it('leaves a key to people that appears while it makes its first', async () => {
    const { aws, rotate, alice } = world();
    aws.handles['iam:ListAccessKeys'] = () => ({
      AccessKeyMetadata: [{ AccessKeyId: alice.keys[0]?.id, Status: 'Inactive', CreateDate: alice.keys[0]?.createdAt }],
    });
    aws.addKey(alice);
    await expect(rotate()).rejects.toMatchObject({ name: 'LimitExceededException' });
    expect(aws.deleted).toEqual([]);
  });
});

describe('iam-access-key with two keys', () => {
  it('is blocked, and tells the last use of both; a key that was never used is told as such', async () => {
    const { aws, rotate, alice, old } = world();
    const own = aws.addKey(alice);
    old.lastUsed = new Date('2026-08-20T09:59:00.000Z');
    expect(await rotate()).toMatchObject({
      outcome: 'blocked',
      keys: [
        { id: old.id, status: 'Inactive', lastUsed: '2026-08-20T09:59:00.000Z' },
        { id: own.id, status: 'Active', lastUsed: null },
      ],
    });
  });

  it('does not take silence of AWS for a key that was never used', async () => {
    const { aws, rotate, alice } = world();
    aws.addKey(alice);
    aws.fail('iam:GetAccessKeyLastUsed', 1, 'nothing');
    await expect(rotate()).rejects.toMatchObject({ code: 'ANSWER_UNEXPECTED' });
  });
});
