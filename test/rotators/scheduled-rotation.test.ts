import { describe, expect, it } from 'vitest';
import { type BegunRotation, rotateBySchedule, scheduledRotationPermissions } from '#core/rotators/scheduled-rotation';
import { ports } from '../build-case.ts';
import { awsError, fakeAws } from '../fake-aws.ts';

const version = '11111111-2222-4333-8444-555555555555';
const managed = { rescind: 'managed' };
const link = { ...managed, 'rescind-user': 'alice' };

/** Alice, the secret that holds her key, and a rotation that Secrets Manager has begun: a version without a value. */
function world({ settings = {}, stopped = false }: { settings?: Record<string, unknown>; stopped?: boolean } = {}) {
  const aws = fakeAws();
  const alice = aws.addUser('alice', { ...managed });
  const old = aws.addKey(alice);
  const text = JSON.stringify({ accessKeyId: old.id, secretAccessKey: old.secret, region: 'eu-central-1' });
  const secret = aws.addSecret('shop/alice', { ...link }, text);
  secret.rotationEnabled = true;
  secret.versions.set(version, { value: undefined, labels: new Set(['AWSPENDING']) });
  const kept = new Map<string, BegunRotation>();
  const around = {
    ports: ports({ aws, settings }).ports,
    begun: {
      read: async (arn: string, of: string) => kept.get(`${arn} ${of}`) ?? null,
      keep: async (arn: string, of: string, begun: BegunRotation) => void kept.set(`${arn} ${of}`, begun),
    },
    stopSwitch: async () => ({ stopped, by: 'arn', at: '', reason: '' }),
  };
  const step = (Step: string, overrides: object = {}) =>
    rotateBySchedule({ Step, SecretId: secret.arn, ClientRequestToken: version, ...overrides }, around);
  const all = async () => {
    for (const each of ['createSecret', 'setSecret', 'testSecret', 'finishSecret']) await step(each);
  };
  const labelled = (label: string) => [...secret.versions.values()].find(({ labels }) => labels.has(label));
  const held = (label = 'AWSCURRENT') => JSON.parse(labelled(label)?.value ?? 'null');
  return { aws, alice, old, secret, step, all, held, labelled };
}

describe('the four events of Secrets Manager', () => {
  it('put a new key of the user under AWSCURRENT, with the other fields kept', async () => {
    const { all, held, alice, old, labelled } = world();
    await all();
    const fresh = alice.keys.at(-1);
    expect(held()).toEqual({ accessKeyId: fresh?.id, secretAccessKey: fresh?.secret, region: 'eu-central-1' });
    expect([held('AWSPREVIOUS').accessKeyId, labelled('AWSPENDING')]).toEqual([old.id, undefined]);
  });

  it('leave the old key as it is: applications may still hold it', async () => {
    const { all, old, aws } = world();
    await all();
    expect([old.status, aws.deleted]).toEqual(['Active', []]);
  });

  it('go on where IAM lists the new key some seconds late', async () => {
    const { aws, all, alice, held } = world();
    const answer = aws.handles['iam:ListAccessKeys'];
    const from = aws.clock.ms();
    aws.handles['iam:ListAccessKeys'] = (input) => {
      if (aws.clock.ms() - from > 8000) return answer(input);
      const [old] = alice.keys;
      return { AccessKeyMetadata: [{ AccessKeyId: old?.id, Status: old?.status, CreateDate: old?.createdAt }] };
    };
    await all();
    expect([alice.keys.length, held().accessKeyId]).toEqual([2, alice.keys[1]?.id]);
  });

  it('may each come twice', async () => {
    const { step, alice, held } = world();
    for (const each of ['createSecret', 'setSecret', 'testSecret', 'finishSecret']) {
      await step(each);
      await step(each);
    }
    expect([alice.keys.length, held().accessKeyId]).toEqual([2, alice.keys[1]?.id]);
  });

  it.each(['createSecret', 'setSecret', 'testSecret', 'finishSecret'])(
    'end quietly and ask nothing more once the version is current: %s',
    async (each) => {
      const { all, step, aws } = world();
      await all();
      aws.calls.length = 0;
      expect(await step(each)).toBe('already-current');
      expect(aws.calls.map(({ operation }) => operation)).toEqual(['secretsmanager:DescribeSecret']);
    },
  );

  it('use every permission that is declared, and no other', async () => {
    const calls = new Set<string>();
    const crash = world();
    crash.aws.fail('secretsmanager:PutSecretValue', 1, { error: awsError('InternalServiceError', 'broke', 500) });
    await expect(crash.all()).rejects.toThrow();
    await crash.all();
    const two = world();
    two.aws.addKey(two.alice);
    await expect(two.all()).rejects.toThrow();
    for (const { aws } of [crash, two]) for (const { operation } of aws.calls) calls.add(operation);
    const declared = scheduledRotationPermissions
      .map(({ action }) => action)
      .filter((each) => !each.startsWith('dynamodb'));
    expect([...calls].toSorted()).toEqual([...new Set(declared)].toSorted());
  });
});

describe('createSecret after a crash between the new key and its secret', () => {
  const crashed = async () => {
    const made = world();
    made.aws.fail('secretsmanager:PutSecretValue', 1, { error: awsError('InternalServiceError', 'broke', 500) });
    await expect(made.step('createSecret')).rejects.toThrow();
    return made;
  };

  it('deletes the key that nobody can ever use, and makes another', async () => {
    const { all, aws, alice, held } = await crashed();
    const orphan = alice.keys[1]?.id;
    await all();
    expect(aws.deleted).toEqual([orphan]);
    expect([alice.keys.length, held().accessKeyId]).toEqual([2, alice.keys[1]?.id]);
  });

  it('deletes no key that somebody has made since', async () => {
    const { step, aws, alice } = await crashed();
    alice.keys.pop();
    aws.clock.pass(600_000);
    aws.addKey(alice);
    await expect(step('createSecret')).rejects.toMatchObject({ code: 'ROTATION_REFUSED' });
    expect(aws.deleted).toEqual([]);
  });

  it('deletes no key by what another rotation had begun', async () => {
    const { step, secret, aws } = await crashed();
    const next = 'aaaaaaaa-2222-4333-8444-555555555555';
    secret.versions.get(version)?.labels.clear();
    secret.versions.set(next, { value: undefined, labels: new Set(['AWSPENDING']) });
    await expect(step('createSecret', { ClientRequestToken: next })).rejects.toThrow(/two keys/);
    expect(aws.deleted).toEqual([]);
  });

  it('deletes nothing that was there before it began', async () => {
    const { aws, alice, step } = world();
    aws.addKey(alice);
    for (let times = 0; times < 2; times += 1) await expect(step('createSecret')).rejects.toThrow(/two keys/);
    expect(aws.deleted).toEqual([]);
  });
});

describe('a rotation is refused, and no key made,', () => {
  type World = ReturnType<typeof world>;
  it.each<[string, (made: World) => void, RegExp]>([
    ['where rotation is not enabled', ({ secret }) => Object.assign(secret, { rotationEnabled: false }), /not enabled/],
    [
      'for a version that Secrets Manager has not begun',
      ({ secret }) => secret.versions.delete(version),
      /has no version/,
    ],
    [
      'for a version that is not pending',
      ({ secret }) => secret.versions.get(version)?.labels.clear(),
      /has no version|not labelled AWSPENDING/,
    ],
    [
      'for an older version',
      ({ secret }) => secret.versions.set(version, { value: '{}', labels: new Set(['AWSPREVIOUS']) }),
      /not labelled AWSPENDING/,
    ],
    ['for a secret that is not managed', ({ secret }) => Object.assign(secret.tags, { rescind: 'no' }), /not tagged/],
    [
      'for a secret that names no user',
      ({ secret }) => {
        secret.tags = { ...managed };
      },
      /not tagged/,
    ],
    ['for a user that is not managed', ({ alice }) => Object.assign(alice, { tags: {} }), /no user alice tagged/],
    ['for a user that is gone', ({ aws }) => aws.users.delete('alice'), /no user alice/],
    [
      'where the secret holds something else',
      ({ secret }) => Object.assign(secret.versions.values().next().value ?? {}, { value: 'a password' }),
      /not JSON/,
    ],
    [
      'where the secret holds the key of somebody else',
      ({ aws, alice }) => {
        const keys = alice.keys.splice(0);
        aws.addUser('bob').keys.push(...keys);
      },
      /not a key of alice/,
    ],
    ['where a case has cut the current key', ({ old }) => Object.assign(old, { status: 'Inactive' }), /is Inactive/],
    ['where there are two keys', ({ aws, alice }) => void aws.addKey(alice), /two keys.*its owner deletes/],
    [
      'where the version holds something that this function did not write',
      ({ secret }) => Object.assign(secret.versions.get(version) ?? {}, { value: 'what?' }),
      /no new key of alice/,
    ],
  ])('%s', async (_, arrange, reason) => {
    const made = world();
    arrange(made);
    const before = made.aws.calls.length;
    await expect(made.step('createSecret')).rejects.toMatchObject({
      code: 'ROTATION_REFUSED',
      message: expect.stringMatching(reason),
    });
    expect(made.aws.calls.slice(before).map(({ operation }) => operation)).not.toContain('iam:CreateAccessKey');
  });

  it.each(['observe', 'guarded'])('in the mode %s', async (mode) => {
    await expect(world({ settings: { mode } }).step('createSecret')).rejects.toThrow(`the mode is ${mode}`);
  });

  it('while an operator has stopped every change', async () => {
    await expect(world({ stopped: true }).step('createSecret')).rejects.toThrow(/an operator has stopped/);
  });

  it.each([
    ['no event', undefined],
    ['another step', { Step: 'deleteSecret' }],
    ['a secret by its name', { SecretId: 'shop/alice' }],
    ['a token that is none', { ClientRequestToken: 'x' }],
  ])('for %s, which is not repeated', async (_, overrides) => {
    const { step } = world();
    await expect(step('createSecret', overrides ?? { Step: undefined })).rejects.toMatchObject({
      code: 'ROTATION_REFUSED',
      message: expect.not.stringContaining('deleteSecret'),
    });
  });
});

describe('a new key is not promoted', () => {
  it('before it was made', async () => {
    const { step } = world();
    for (const each of ['setSecret', 'testSecret', 'finishSecret'])
      await expect(step(each)).rejects.toThrow(/run createSecret first/);
  });

  it("where it is not the key of the secret's user", async () => {
    const { step, aws, alice } = world();
    await step('createSecret');
    aws.addUser('bob').keys.push(...alice.keys.splice(1));
    await expect(step('setSecret')).rejects.toThrow(/do not both hold a key of alice/);
    await expect(step('testSecret')).rejects.toThrow(/is served as .*user\/bob/);
  });

  it('while IAM still refuses it', async () => {
    const { step, aws } = world();
    aws.spread.newKeySeconds = 10_000;
    await step('createSecret');
    await expect(step('testSecret')).rejects.toMatchObject({ name: 'Retryable' });
  });
});

describe('a rotation beside which something else makes a key of the same user', () => {
  it('deletes no key where IAM had refused to make its own', async () => {
    const { aws, alice, step } = world();
    const create = aws.handles['iam:CreateAccessKey'];
    let owners = '';
    aws.handles['iam:CreateAccessKey'] = (input) => {
      owners ||= aws.addKey(alice).id;
      return create(input);
    };
    await expect(step('createSecret')).rejects.toThrow();
    await expect(step('createSecret')).rejects.toThrow(/two keys/);
    expect([aws.deleted, alice.keys.some(({ id }) => id === owners)]).toEqual([[], true]);
  });

  it('deletes no key where another secret of the user may hold it', async () => {
    const { aws, alice, old, step } = world();
    const other = aws.addSecret(
      'shop/too',
      { ...link },
      JSON.stringify({ accessKeyId: old.id, secretAccessKey: old.secret }),
    );
    aws.fail('iam:CreateAccessKey', 1, { error: awsError('ServiceFailure', 'x', 503) });
    await expect(step('createSecret')).rejects.toThrow();
    const made = aws.addKey(alice);
    other.versions.set('v', { value: JSON.stringify({ accessKeyId: made.id }), labels: new Set(['AWSPENDING']) });
    await expect(step('createSecret')).rejects.toThrow(/two keys/);
    expect(aws.deleted).toEqual([]);
  });
});
