import { describe, expect, it } from 'vitest';
import { account, type Json, roleId, roleKey, sessionKey, userId, userKey } from './guardduty-finding.ts';
import { found } from './read-finding.ts';
import { accessKey, event, iamUser, role, secretArn, seen, user } from './securityhub-event.ts';

const alice = `user/${account}/alice`;
const web = `role/${account}/web-server`;
const about = (...Resources: Json[]) => found(event([seen({ Resources })]));
const unknownKey = 'unknown/securityhub/acme/watch/partner-finding-1';
const aliceKey = { AccessKeyId: userKey, PrincipalId: userId, PrincipalName: 'alice', PrincipalType: 'IAMUser' };
const session = {
  AccessKeyId: sessionKey,
  PrincipalId: roleKey.principalId,
  PrincipalName: 'web-server',
  PrincipalType: 'AssumedRole',
  SessionContext: { SessionIssuer: { Type: 'Role', Arn: role('path/web-server'), UserName: 'web-server' } },
};

describe('securityhub: the identity of a resource', () => {
  it.each<[string, Json, Json]>([
    ['a user', iamUser(), { kind: 'iam-user', key: alice, uniqueId: userId }],
    ['a user without details', iamUser('alice', null), { kind: 'iam-user', key: alice, name: 'alice' }],
    ['a user with a path', { Type: 'AwsIamUser', Id: user('team/a/alice') }, { kind: 'iam-user', key: alice }],
    [
      'a role',
      {
        Type: 'AwsIamRole',
        Id: role('web-server'),
        Details: { AwsIamRole: { RoleId: roleId, RoleName: 'web-server' } },
      },
      { kind: 'iam-role', key: web, uniqueId: roleId },
    ],
    [
      'a role of Identity Center, whose ARN has a path (trap 14)',
      { Type: 'AwsIamRole', Id: role('aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0a1b') },
      { kind: 'iam-role', key: `role/${account}/AWSReservedSSO_Admin_0a1b` },
    ],
    [
      'a session given for a role',
      { Type: 'AwsIamRole', Id: `arn:aws:sts::${account}:assumed-role/web-server/s1` },
      { kind: 'role-session', key: web, session: 's1' },
    ],
    [
      'a user of a product that has no type for it',
      { Type: 'Other', Id: user('alice') },
      { kind: 'iam-user', key: alice },
    ],
    [
      'a key of a user',
      accessKey(aliceKey),
      { kind: 'iam-user', key: alice, uniqueId: userId, aliases: [`access-key/${userKey}`, alice] },
    ],
    [
      'a key of a session, whose issuer has a path',
      accessKey(session),
      { kind: 'role-session', key: web, session: 'i-0123456789abcdef0', uniqueId: roleId },
    ],
    [
      'a key of a session that only its issuer names',
      accessKey({ ...session, PrincipalName: undefined }),
      { kind: 'role-session', key: web },
    ],
    [
      'a temporary key of a user (trap 4)',
      accessKey({ ...aliceKey, AccessKeyId: sessionKey }),
      { kind: 'iam-user', key: alice, aliases: [`access-key/${sessionKey}`, alice] },
    ],
    [
      'a key of root, whatever it is called (trap 5)',
      accessKey({ AccessKeyId: userKey, PrincipalType: 'Root', PrincipalId: account, PrincipalName: 'aws-example' }),
      { kind: 'root', key: `root/${account}`, aliases: [`access-key/${userKey}`, `root/${account}`] },
    ],
    [
      'a key id alone',
      accessKey(null, { Id: `AWS::IAM::AccessKey:${userKey}` }),
      { kind: 'unknown', key: `access-key/${userKey}` },
    ],
    ['a bare key id', accessKey(null, { Id: userKey }), { kind: 'unknown', key: `access-key/${userKey}` }],
    [
      'a key by an ARN of its own',
      accessKey(null, { Id: `arn:aws:iam::${account}:access-key/${userKey}` }),
      { kind: 'unknown', key: `access-key/${userKey}` },
    ],
    [
      "a key by its user's ARN",
      accessKey({ AccessKeyId: userKey }, { Id: user('alice') }),
      { kind: 'iam-user', key: alice, aliases: [`access-key/${userKey}`, alice] },
    ],
    [
      'a key of a user whose id is lost: AWS::IAM::AccessKey:null (trap 16)',
      accessKey({ ...aliceKey, AccessKeyId: undefined }),
      { kind: 'iam-user', key: alice, aliases: [alice] },
    ],
    [
      'a key whose type of principal is none that we know (trap 2)',
      accessKey({ ...aliceKey, PrincipalType: 'Role' }),
      { kind: 'unknown', key: `access-key/${userKey}` },
    ],
    [
      'a secret, without the ending of its ARN',
      { Type: 'AwsSecretsManagerSecret', Id: secretArn },
      { kind: 'secret', key: `secret/${account}/eu-central-1/db/login`, name: 'db/login', arn: secretArn },
    ],
  ])('is that of %s', (_, resource, identity) => {
    expect(about(resource).identity).toMatchObject(identity);
  });

  it('names the key, so that it can be cut, where there is one', () => {
    expect(about(accessKey(aliceKey)).credential).toEqual({ accessKeyId: userKey });
    expect(about(iamUser()).credential).toEqual({});
  });
});

describe('securityhub: an identity that nobody is, so that a person decides', () => {
  it.each<[string, Json, string[]]>([
    ['a role with the ARN of a user (trap 16)', { Type: 'AwsIamRole', Id: user('alice') }, []],
    ['a user with the ARN of a role', { Type: 'AwsIamUser', Id: role('web-server') }, []],
    ['a user with the ARN of root', { Type: 'AwsIamUser', Id: `arn:aws:iam::${account}:root` }, []],
    ['a user with a wildcard', { Type: 'AwsIamUser', Id: user('*') }, []],
    ['a user with a blank in its ARN (trap 21)', { Type: 'AwsIamUser', Id: `arn: aws:iam::${account}:user/alice` }, []],
    ['a user without an id', { Type: 'AwsIamUser' }, []],
    ['a user of another name in its details', iamUser('alice', { UserName: 'bob' }), []],
    ['a user with the id of a role', iamUser('alice', { UserId: roleId }), []],
    ['a user with the id of the account', iamUser('alice', { UserId: account }), []],
    ['a user whose id is a number', iamUser('alice', { UserId: 7 }), []],
    ['two key ids', accessKey(aliceKey, { Id: 'AWS::IAM::AccessKey:AKIA9999888877776666' }), []],
    ['a key that is none', accessKey({ ...aliceKey, AccessKeyId: 'ABC9ONWNS3155VIEJC8U' }), []],
    [
      'a user with the id of a session (trap 4)',
      accessKey({ ...aliceKey, PrincipalId: `${roleId}:x` }),
      [`access-key/${userKey}`],
    ],
    [
      'a session with a long-term key (trap 4)',
      accessKey({ ...session, AccessKeyId: userKey }),
      [`access-key/${userKey}`],
    ],
    [
      'a session whose issuer is a user',
      accessKey({ ...session, SessionContext: { SessionIssuer: { Arn: user('tester') } } }),
      [`access-key/${sessionKey}`],
    ],
    [
      'a session whose issuer is another role',
      accessKey({ ...session, SessionContext: { SessionIssuer: { Arn: role('other') } } }),
      [`access-key/${sessionKey}`],
    ],
    ["a key of a user with another user's ARN", accessKey(aliceKey, { Id: user('bob') }), [`access-key/${userKey}`]],
    ['a key of which nothing is told', accessKey(null), []],
    ['a secret with a wildcard', { Type: 'AwsSecretsManagerSecret', Id: secretArn.replace('login', '*') }, []],
    [
      'a secret of another name in its details',
      { Type: 'AwsSecretsManagerSecret', Id: secretArn, Details: { AwsSecretsManagerSecret: { Name: 'other' } } },
      [],
    ],
  ])('is that of %s', (_, resource, aliases) => {
    const { identity, credential } = about(resource);
    expect(identity).toEqual({ kind: 'unknown', key: unknownKey, aliases: [...aliases, unknownKey] });
    expect(credential).toEqual({});
  });

  it.each<[string, Json[]]>([
    ['two users of one name', [iamUser(), iamUser('alice', { UserId: 'AIDA9999888877776666A' })]],
    [
      'two sessions of one role',
      ['s1', 's2'].map((name) => ({
        Type: 'AwsIamRole',
        Id: `arn:aws:sts::${account}:assumed-role/web-server/${name}`,
      })),
    ],
    [
      'a user of ours beside one of another account',
      [iamUser(), { Type: 'AwsIamUser', Id: user('bob', '999988887777') }],
    ],
    ['a user beside a contradiction', [iamUser(), { Type: 'AwsIamRole', Id: user('bob') }]],
  ])('is that of %s, and keeps the names that are certain', (_, resources) => {
    const { identity } = about(...resources);
    expect(identity).toMatchObject({ kind: 'unknown', key: unknownKey });
    expect(identity.aliases.some((alias) => alias === alice || alias === web)).toBe(true);
    expect(identity.aliases.join()).not.toContain('999988887777');
  });
});
