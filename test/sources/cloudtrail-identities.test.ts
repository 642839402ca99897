import { describe, expect, it } from 'vitest';
import { alice, root, served, sessionOf } from './cloudtrail-record.ts';
import { account, type Json, roleId, sessionKey, userId, userKey } from './guardduty-finding.ts';
import { found } from './read-finding.ts';

const by = (userIdentity: Json) => found(served('cloudtrail:StopLogging', { userIdentity }));
const unknown = 'unknown/cloudtrail/66666666-7777-4888-8999-000000000000';
const session = `access-key/ASIA5555666677778888`;
const centre = '1234567890-9b9b9b9b-1234-4123-8123-123456789012';
const sso = 'AWSReservedSSO_Admin_0123456789abcdef';
const inPath = sessionOf(sso, {
  sessionContext: {
    sessionIssuer: {
      type: 'Role',
      principalId: roleId,
      arn: `arn:aws:iam::${account}:role/aws-reserved/sso.amazonaws.com/eu-west-1/${sso}`,
      accountId: account,
      userName: sso,
    },
  },
});
const federated = (issuer: Json) => ({
  type: 'FederatedUser',
  principalId: `${account}:bob`,
  arn: `arn:aws:sts::${account}:federated-user/bob`,
  accountId: account,
  accessKeyId: 'ASIA5555666677778888',
  sessionContext: { sessionIssuer: issuer },
});

describe('who called', () => {
  it.each<[string, Json, Json]>([
    [
      'a user',
      alice,
      { kind: 'iam-user', key: `user/${account}/alice`, name: 'alice', uniqueId: userId, arn: alice.arn },
    ],
    [
      'a user by a session, whose issuer is empty (traps 3, 4)',
      { ...alice, accessKeyId: sessionKey, sessionContext: { sessionIssuer: {} } },
      { kind: 'iam-user', name: 'alice', aliases: [`access-key/${sessionKey}`, `user/${account}/alice`] },
    ],
    [
      'a session of a role',
      sessionOf('web'),
      {
        kind: 'role-session',
        key: `role/${account}/web`,
        name: 'web',
        session: 'session',
        uniqueId: roleId,
        aliases: [session, `role/${account}/web`],
      },
    ],
    [
      'a session without its context, by its ARN (trap 3)',
      sessionOf('web', { sessionContext: undefined }),
      { kind: 'role-session', key: `role/${account}/web`, session: 'session' },
    ],
    [
      'a session without a principal id',
      sessionOf('web', { principalId: undefined, sessionContext: undefined }),
      { key: `role/${account}/web`, session: 'session' },
    ],
    [
      'a session of a role with a path, which the ARN drops (trap 14)',
      inPath,
      { kind: 'role-session', key: `role/${account}/${sso}`, name: sso },
    ],
    ['root', root, { kind: 'root', key: `root/${account}` }],
    [
      'a federated session, by the user who issued it',
      federated({ type: 'IAMUser', principalId: userId, arn: alice.arn, accountId: account, userName: 'alice' }),
      {
        kind: 'iam-user',
        key: `user/${account}/alice`,
        uniqueId: userId,
        aliases: [session, `federated/${account}/bob`, `user/${account}/alice`],
      },
    ],
    [
      'a federated session of which no user is known (trap 13)',
      federated({}),
      { kind: 'federated-user', key: `federated/${account}/bob`, name: 'bob' },
    ],
    [
      'a federated session that root issued',
      federated({ type: 'Root', principalId: account }),
      { kind: 'federated-user', name: 'bob' },
    ],
    [
      'an Identity Center user (trap 13)',
      {
        type: 'IdentityCenterUser',
        accountId: account,
        onBehalfOf: { userId: centre, identityStoreArn: 'x' },
        credentialId: 'y',
      },
      { kind: 'identity-center-user', key: `identity-center/${centre}` },
    ],
  ])('is told: %s', (_, userIdentity, identity) => {
    expect(by(userIdentity).identity).toMatchObject(identity);
  });

  it.each<[string, Json]>([
    ['a user with the id of a role (trap 4)', { ...alice, principalId: `${roleId}:x` }],
    ['a user beside the ARN of a session (trap 22)', { ...alice, arn: `arn:aws:sts::${account}:assumed-role/alice/x` }],
    ['a user beside the ARN of another', { ...alice, arn: `arn:aws:iam::${account}:user/bob` }],
    ['a user of another account', { ...alice, arn: 'arn:aws:iam::999988887777:user/alice' }],
    ['an ARN that is none (trap 21)', { ...alice, arn: `arn: aws:iam::${account}:user/alice` }],
    ['a session with a long-term key (trap 4)', sessionOf('web', { accessKeyId: userKey })],
    [
      'a session whose ARN names another role',
      sessionOf('web', { arn: `arn:aws:sts::${account}:assumed-role/admin/session` }),
    ],
    [
      'a session whose ARN names another session',
      sessionOf('web', { arn: `arn:aws:sts::${account}:assumed-role/web/i-0123456789abcdef0` }),
    ],
    [
      'a session whose issuer is another role',
      sessionOf('web', {
        sessionContext: { sessionIssuer: { type: 'Role', userName: 'web', arn: `arn:aws:iam::${account}:role/admin` } },
      }),
    ],
    [
      'a session whose issuer has another id',
      sessionOf('web', {
        sessionContext: { sessionIssuer: { type: 'Role', userName: 'web', principalId: 'AROA9999888877776666A' } },
      }),
    ],
    ['a federated session of another account', { ...federated({}), principalId: '999988887777:bob' }],
    [
      'an Identity Center user without an id',
      { type: 'IdentityCenterUser', accountId: account, onBehalfOf: { userId: 'x/../y' } },
    ],
    ['a name that cannot be one', { ...alice, userName: 'a/b', arn: undefined }],
    ['a name that is no text', { ...alice, userName: 12, arn: undefined }],
    ['a key id that is none', { ...alice, accessKeyId: '1' }],
  ])('is nobody where it is a contradiction: %s', (_, userIdentity) => {
    const { identity, credential } = by(userIdentity);
    expect(identity).toMatchObject({ kind: 'unknown', key: unknown });
    expect(identity.name).toBeUndefined();
    expect(credential).toEqual({});
  });

  it.each<[string, Json]>([
    [
      'SAML, whose id has / and = (trap 13)',
      { type: 'SAMLUser', principalId: 'a/b=:c', userName: 'c', identityProvider: 'x' },
    ],
    [
      'a web identity, whose id has many colons (trap 13)',
      { type: 'WebIdentityUser', principalId: 'arn:aws:iam::1:oidc-provider/x:aud:sub', userName: 'sub' },
    ],
    [
      'an older Identity Center record (trap 26)',
      { type: 'Unknown', principalId: account, accountId: account, userName: 'jo' },
    ],
    ['a kind that this version does not know (trap 2)', { type: 'Role', userName: 'web' }],
    ['nobody', {}],
  ])('is unknown, and a person decides: %s', (_, userIdentity) => {
    expect(by(userIdentity).identity).toEqual({ kind: 'unknown', key: unknown, aliases: [unknown] });
  });

  it('is known by the key alone where the name is left out', () => {
    const { identity } = by({ type: 'IAMUser', accountId: account, accessKeyId: userKey });
    expect(identity).toEqual({ kind: 'unknown', key: `access-key/${userKey}`, aliases: [`access-key/${userKey}`] });
  });
});

describe('whom a change is about', () => {
  const change = (name: string, overrides: Json) => found(served(`iam:${name}`, overrides));

  it('is nobody where the call names none, or none that can be', () => {
    for (const roleName of [undefined, '', 'a/b', 7, '*', '<role>'])
      expect(change('UpdateAssumeRolePolicy', { requestParameters: { roleName } }).identity).toEqual({
        kind: 'unknown',
        key: unknown,
        aliases: [unknown],
      });
  });

  it('is nobody where the answer names somebody else', () => {
    const overrides = {
      requestParameters: { userName: 'bob' },
      responseElements: { loginProfile: { userName: 'eve' } },
    };
    expect(change('CreateLoginProfile', overrides).identity.kind).toBe('unknown');
  });

  it('is the caller where the call names none, as IAM takes it', () => {
    const overrides = { requestParameters: null, responseElements: { loginProfile: { userName: 'alice' } } };
    expect(change('CreateLoginProfile', overrides)).toMatchObject({
      type: 'IAM:CreateLoginProfile/BySelf',
      signal: 'blocking',
    });
    expect(
      change('DeactivateMFADevice', { requestParameters: { serialNumber: 'x' }, userIdentity: root }),
    ).toMatchObject({
      type: 'IAM:DeactivateMFADevice/BySelf',
      identity: { kind: 'root' },
    });
  });

  it('is a role, whatever user has its name', () => {
    const overrides = { userIdentity: { ...alice }, requestParameters: { roleName: 'alice' } };
    expect(change('PutRolePolicy', overrides)).toMatchObject({
      type: 'IAM:PutRolePolicy/ByOther',
      identity: { kind: 'iam-role', key: `role/${account}/alice` },
    });
  });

  it('does not come from what the policy says', () => {
    const policyDocument = JSON.stringify({ Statement: [{ Principal: { AWS: `arn:aws:iam::${account}:user/eve` } }] });
    const { identity } = change('UpdateAssumeRolePolicy', { requestParameters: { roleName: 'web', policyDocument } });
    expect(JSON.stringify(identity)).not.toContain('eve');
  });
});
