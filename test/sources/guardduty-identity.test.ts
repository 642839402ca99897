import { describe, expect, it } from 'vitest';
import {
  account,
  findingAbout,
  guarddutyFinding,
  type Json,
  roleId,
  roleKey,
  sessionKey,
  userId,
  userKey,
} from './guardduty-finding.ts';
import { found } from './read-finding.ts';

const unknownKey = 'unknown/guardduty/5ec1de0000000000000000000000a001';

describe('guardduty: who it is about', () => {
  it.each<[string, Json, Json]>([
    [
      'a user with a session of his own (trap 4)',
      { accessKeyId: sessionKey },
      { kind: 'iam-user', key: `user/${account}/alice` },
    ],
    [
      'a user whose unique id is not given',
      { principalId: undefined },
      { kind: 'iam-user', key: `user/${account}/alice` },
    ],
    [
      'a user who signed in without a key',
      { accessKeyId: '' },
      { kind: 'iam-user', aliases: [`user/${account}/alice`] },
    ],
    [
      'a session of a role (trap 3)',
      roleKey,
      {
        kind: 'role-session',
        key: `role/${account}/web-server`,
        name: 'web-server',
        uniqueId: roleId,
        session: 'i-0123456789abcdef0',
        aliases: [`access-key/${sessionKey}`, `role/${account}/web-server`],
      },
    ],
    [
      'a session cut at the first colon only (trap 13)',
      { ...roleKey, principalId: `${roleId}:a:b` },
      { session: 'a:b' },
    ],
    [
      'root (trap 5)',
      { userType: 'Root', userName: 'Root', principalId: account, accessKeyId: '' },
      {
        kind: 'root',
        key: `root/${account}`,
        aliases: [`root/${account}`],
      },
    ],
    ['root in lower case', { userType: 'root', userName: 'root', principalId: undefined }, { kind: 'root' }],
    [
      'root under the alias of the account',
      { userType: 'Root', userName: 'acme-prod', principalId: account },
      { kind: 'root' },
    ],
    ['root told by its principal id alone', { principalId: account, userName: 'acme-prod' }, { kind: 'root' }],
    ['root told by a principal id written as a number', { principalId: Number(account) }, { kind: 'root' }],
    [
      'a federated user',
      { userType: 'FederatedUser', principalId: `${account}:bob`, userName: 'bob', accessKeyId: sessionKey },
      {
        kind: 'federated-user',
        key: `federated/${account}/bob`,
        name: 'bob',
      },
    ],
    [
      'an AWS service',
      {
        userType: 'AWSService',
        userName: 'cloudformation.amazonaws.com',
        principalId: undefined,
        accessKeyId: undefined,
      },
      {
        kind: 'service',
        key: 'service/cloudformation.amazonaws.com',
      },
    ],
    [
      'another account',
      { userType: 'AWSAccount', userName: undefined, principalId: '999988887777', accessKeyId: undefined },
      {
        kind: 'external',
        key: 'external/999988887777',
      },
    ],
  ])('is %s', (_, details, identity) => {
    expect(found(findingAbout(details)).identity).toMatchObject(identity);
  });

  it('keeps no user name for root, because somebody else may bear it (trap 5)', () => {
    const root = found(findingAbout({ userType: 'Root', userName: 'acme-prod', principalId: account })).identity;
    expect(root).toEqual({
      kind: 'root',
      key: `root/${account}`,
      aliases: [`access-key/${userKey}`, `root/${account}`],
    });
  });

  it.each<[string, Json]>([
    ['an IAMUser with the id of a role session (trap 4)', { principalId: `${roleId}:x` }],
    ['an IAMUser with an id of no known form', { principalId: 'AABBCCDDEEFF' }],
    ['an AssumedRole with the id of a user', { ...roleKey, principalId: userId }],
    ['an AssumedRole with a long-term key', { ...roleKey, accessKeyId: userKey }],
    ['a session name with a wildcard', { ...roleKey, principalId: `${roleId}:*` }],
    ['a Root with the id of a user', { userType: 'Root' }],
    ['a Root of another account', { userType: 'Root', principalId: '999988887777' }],
    ['a name with a wildcard', { userName: 'ali*' }],
    ['a name with a path', { userName: 'team/alice' }],
    ['a name with a blank', { userName: 'alice ' }],
    ['a name that a template left', { userName: `\${user_name}` }],
    ['a name of 65 characters', { userName: 'a'.repeat(65) }],
    ['a name that is no text', { userName: false }],
    ['a name that is a number', { userName: 12 }],
    ['a name that is an object', { userName: { toString: 'alice' } }],
    ['the stand-in for a hidden name (trap 10)', { userName: 'HIDDEN_DUE_TO_SECURITY_REASONS' }],
    ['a key id of no known form', { accessKeyId: 'ASIA_DUMMY_KEY' }],
    [
      'a federated user of another account',
      { userType: 'FederatedUser', principalId: '999988887777:bob', userName: 'bob', accessKeyId: sessionKey },
    ],
    [
      'a federated user with a long-term key',
      { userType: 'FederatedUser', principalId: `${account}:bob`, userName: 'bob', accessKeyId: userKey },
    ],
    [
      'a federated user with two names',
      { userType: 'FederatedUser', principalId: `${account}:bob`, userName: 'alice', accessKeyId: sessionKey },
    ],
  ])('is left to a human for %s', (_, details) => {
    const { identity } = found(findingAbout(details));
    expect(identity).toMatchObject({ kind: 'unknown', key: unknownKey });
    expect(identity.name).toBeUndefined();
    expect(identity.aliases.every((alias) => /^(unknown|access-key)\//.test(alias))).toBe(true);
  });

  it.each(['Role', 'Directory', 'iamuser', undefined])(
    'is unknown but for its key under the user type %s (trap 2)',
    (userType) => {
      expect(found(findingAbout({ userType })).identity).toEqual({
        kind: 'unknown',
        key: `access-key/${userKey}`,
        aliases: [`access-key/${userKey}`],
      });
    },
  );

  it('is unknown under the id of the finding when no identifier is left', () => {
    expect(found(findingAbout({ userType: 'Role', accessKeyId: undefined })).identity.key).toBe(unknownKey);
  });

  it('is unknown for a finding on credentials that lost its key details (trap 7)', () => {
    expect(found(guarddutyFinding({ resource: { resourceType: 'AccessKey' } })).identity.key).toBe(unknownKey);
  });

  it('is unknown for an AWS service that is not named (trap 12)', () => {
    const nameless = {
      userType: 'AWSService',
      userName: 'AWS Internal',
      principalId: undefined,
      accessKeyId: undefined,
    };
    expect(found(findingAbout(nameless)).identity.kind).toBe('unknown');
  });

  it('is unknown for another account that turns out to be its own', () => {
    const own = { userType: 'AWSAccount', userName: undefined, principalId: account, accessKeyId: undefined };
    expect(found(findingAbout(own)).identity.kind).toBe('unknown');
  });
});
