import { describe, expect, it } from 'vitest';
import type { Facts } from '#core/step-facts';
import { rotate } from '#core/steps';
import { aCase, aUser, ports } from '../build-case.ts';
import { fakeAws, isWrite } from '../fake-aws.ts';
import { userId, userKey } from '../sources/guardduty-finding.ts';

function world() {
  const aws = fakeAws();
  const alice = aws.addUser('alice', {}, userId);
  const key = aws.addKey(alice, userKey);
  const value = JSON.stringify({ accessKeyId: key.id, secretAccessKey: key.secret });
  const secrets = ['a', 'b'].map((name) => aws.addSecret(name, {}, value));
  const around = ports({ aws });
  const run = (count: number) => {
    const done = [
      {
        action: 'deactivate-access-key',
        credential: `access-key/${userKey}`,
        outcome: 'done' as const,
        before: null,
        after: null,
      },
    ];
    const made = { done, cutoff: null, user: aUser() };
    const facts: Facts = {
      contain: { ...made, plan: [], reason: '' },
      triage: { user: aUser(), secrets: secrets.slice(0, count), plan: [], candidates: [] },
    };
    return rotate.run({ found: aCase({ cuts: [made], facts }), findings: [] }, around.ports);
  };
  return { aws, alice, secrets, run, kept: around.kept };
}

describe('rotate', () => {
  it('goes on to revoke once every secret holds another key', async () => {
    const { run } = world();
    expect(await run(1)).toMatchObject({
      next: 'revoke',
      facts: { blocked: null, rotations: [{ outcome: 'rotated' }] },
    });
  });

  it('has nothing to do where no secret is known', async () => {
    const { run, aws } = world();
    expect(await run(0)).toMatchObject({ next: 'revoke', facts: { rotations: [], blocked: null } });
    expect(aws.calls).toEqual([]);
  });

  it('parks at the first secret that is blocked, and tells what was done before it', async () => {
    const { run, secrets } = world();
    expect(await run(2)).toMatchObject({
      next: 'park',
      facts: { rotations: [{ secret: secrets[0]?.arn }], blocked: { secret: secrets[1]?.arn } },
    });
  });

  it('counts the key that it made for one secret among those of before of the next, listed or not', async () => {
    const { aws, alice, secrets, run, kept } = world();
    const [old] = alice.keys;
    const AccessKeyMetadata = [{ AccessKeyId: old?.id, Status: 'Active', CreateDate: old?.createdAt }];
    aws.handles['iam:ListAccessKeys'] = () => ({ AccessKeyMetadata });
    await expect(run(2)).rejects.toMatchObject({ name: 'LimitExceededException' });
    const keysBefore = [userKey, alice.keys[1]?.id];
    expect(kept.at(-1)).toMatchObject({ rotation: { [secrets[1]?.arn ?? '']: { keysBefore } } });
  });

  it.each([
    ['is gone', (users: Map<string, unknown>) => void users.delete('alice')],
    [
      'has been made again',
      (users: Map<string, unknown>) => {
        Object.assign(users.get('alice') as object, { uniqueId: 'AIDA9999000099990000B' });
      },
    ],
  ])('makes no key where the user %s', async (_, change) => {
    const { run, aws } = world();
    change(aws.users);
    expect(await run(1)).toMatchObject({ next: 'park' });
    expect(aws.calls.filter(isWrite)).toEqual([]);
  });
});
