import { describe, expect, it } from 'vitest';
import type { Finding, Identity } from '#core/finding';
import { fields, fold } from '#core/sources/fold';
import { healthIdentities } from '#core/sources/health-identities';
import { account, type Json, sessionKey, userKey } from './guardduty-finding.ts';

const otherKey = 'AKIA9999888877776666';
const user = `user/${account}/alice`;
const userArn = `arn:aws:iam::${account}:user/team/alice`;

type One = Identity & { handle: string; accessKeyId?: string };
function identities(detail: Json, resources?: unknown): One[] {
  const given = fields(fold({ detail, resources: resources ?? null }).folded);
  const all = healthIdentities(fields(given.detail), given.resources, account);
  if (all === 'resolved') throw new Error(all);
  return all.map(({ handle, identityIn, accessKeyId }) => ({
    ...identityIn('unknown/health/x'),
    handle,
    ...(accessKeyId && { accessKeyId }),
  }));
}
const entities = (...values: unknown[]) => ({ affectedEntities: values.map((entityValue) => ({ entityValue })) });
const unknownWith = (...keys: string[]): Partial<Finding['identity']> => ({
  kind: 'unknown',
  key: 'unknown/health/x',
  aliases: [...keys.map((key) => `access-key/${key}`), 'unknown/health/x'].sort(),
});

describe('the identities of a Health event', () => {
  it.each<[string, unknown, object]>([
    ['the id of a long-term key', userKey, { kind: 'unknown', key: `access-key/${userKey}`, accessKeyId: userKey }],
    ['the id of a session’s key', sessionKey, { kind: 'unknown', key: `access-key/${sessionKey}` }],
    ['the ARN of a user', userArn, { kind: 'iam-user', key: user, arn: userArn, name: 'alice', handle: user }],
    ['the ARN of a role', `arn:aws:iam::${account}:role/web`, { kind: 'iam-role', key: `role/${account}/web` }],
    ['the ARN of root', `arn:aws:iam::${account}:root`, { kind: 'root', key: `root/${account}` }],
    [
      'IAM_USER/NAME/KEY',
      `IAM_USER/alice/${userKey}`,
      { kind: 'iam-user', key: user, aliases: [`access-key/${userKey}`, user], accessKeyId: userKey },
    ],
    ['IAM_USER/NAME', 'IAM_USER/alice', { kind: 'iam-user', key: user, handle: user }],
    [
      'the key of root, for whom any user may be named',
      `IAM_USER/root/${userKey}`,
      { kind: 'unknown', key: `access-key/${userKey}` },
    ],
    ['a word', 'ACCESS_KEY_ID_HERE', { ...unknownWith(), handle: `${account}/ACCESS_KEY_ID_HERE` }],
    ['a key id that is none', 'AKIAXXXXXXXXXX', unknownWith()],
    ['a name that is none', `IAM_USER/a b/${userKey}`, unknownWith()],
    ['a key that is none', 'IAM_USER/alice/AKIA*', unknownWith()],
    ['an ARN with a wildcard', `arn:aws:iam::${account}:user/*`, unknownWith()],
    ['an ARN of another account', 'arn:aws:iam::444455556666:user/alice', unknownWith()],
    ['a number', 7, unknownWith()],
    ['an object', { constructor: 1 }, unknownWith()],
  ])('are told by %s (trap 17)', (_, value, expected) => {
    expect(identities(entities(value))).toMatchObject([expected]);
  });

  it.each<[string, Json, object]>([
    [
      'the metadata alone',
      { eventMetadata: { publicKey: userKey, userName: 'alice' } },
      { key: user, accessKeyId: userKey },
    ],
    [
      'a word beside the metadata',
      { ...entities('UNKNOWN'), eventMetadata: { publicKey: userKey, userName: 'alice' } },
      { key: user, handle: `access-key/${userKey}` },
    ],
    [
      'the key and the name of its user',
      { ...entities(userKey), eventMetadata: { userName: 'alice' } },
      { key: user, accessKeyId: userKey },
    ],
    [
      'a user’s ARN and the key',
      { ...entities(userArn), eventMetadata: { publicKey: userKey, userName: 'alice' } },
      { key: user, arn: userArn, accessKeyId: userKey },
    ],
    [
      'a key in the place of the account',
      { ...entities('UNKNOWN'), affectedAccount: userKey },
      { key: `access-key/${userKey}` },
    ],
    [
      '<root_account> for a name',
      { ...entities(userKey), eventMetadata: { publicKey: userKey, userName: '<root_account>' } },
      { kind: 'unknown', key: `access-key/${userKey}` },
    ],
    [
      'a session of a role',
      { ...entities(`arn:aws:sts::${account}:assumed-role/web/s1`), eventMetadata: { publicKey: sessionKey } },
      { kind: 'role-session', aliases: [`access-key/${sessionKey}`, `role/${account}/web`] },
    ],
    ['nothing', {}, { ...unknownWith(), handle: account }],
    ['nothing that can be read', { affectedEntities: 'all', eventMetadata: [] }, { ...unknownWith(), handle: account }],
  ])('are told by %s', (_, detail, expected) => {
    expect(identities(detail)).toMatchObject([expected]);
  });

  it('are those of the envelope’s resources where the detail lists none', () => {
    expect(identities({ affectedEntities: [] }, [userKey])).toMatchObject([{ key: `access-key/${userKey}` }]);
  });

  it('have the name of the metadata only where it is about their key', () => {
    const detail = { ...entities(userKey, otherKey), eventMetadata: { publicKey: otherKey, userName: 'alice' } };
    expect(identities(detail).map(({ key }) => key)).toEqual([`access-key/${userKey}`, user]);
  });

  it.each<[string, Json, string[]]>([
    [
      'two keys',
      { ...entities(userKey), eventMetadata: { publicKey: otherKey, userName: 'alice' } },
      [userKey, otherKey],
    ],
    [
      'a key that is none',
      { ...entities(userKey), eventMetadata: { publicKey: 'AKIAXXXXXXXXXX', userName: 'alice' } },
      [userKey],
    ],
    ['a name that is none', { ...entities(userKey), eventMetadata: { userName: 'a/b' } }, [userKey]],
    ['a name that is an object', { ...entities(userKey), eventMetadata: { userName: { a: 1 } } }, [userKey]],
    [
      'two names',
      { ...entities(`IAM_USER/alice/${userKey}`), eventMetadata: { publicKey: userKey, userName: 'bob' } },
      [userKey],
    ],
    ['two names of one key', entities(`IAM_USER/alice/${userKey}`, `IAM_USER/bob/${userKey}`), [userKey]],
    ['an ARN of another name', { ...entities(userArn), eventMetadata: { userName: 'bob' } }, []],
    [
      'a long-term key of a role',
      { ...entities(`arn:aws:iam::${account}:role/web`), eventMetadata: { publicKey: userKey } },
      [userKey],
    ],
  ])('are nobody’s for certain where the event says %s', (_, detail, keys) => {
    expect(identities(detail)).toMatchObject([unknownWith(...keys)]);
  });

  it('name no one credential where the event names two', () => {
    const detail = { ...entities(userKey), eventMetadata: { publicKey: otherKey } };
    expect(identities(detail)[0]).not.toHaveProperty('accessKeyId');
  });
});
