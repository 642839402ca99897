import { describe, expect, it } from 'vitest';
import {
  account,
  aliceKey,
  attackSequence,
  findingAbout,
  guarddutyFinding,
  type Json,
  roleId,
  roleKey,
  sessionKey,
  userId,
  userKey,
} from './guardduty-finding.ts';
import { found, read } from './read-finding.ts';

const unknownKey = 'unknown/guardduty/5ec1de0000000000000000000000a001';

describe('guardduty: findings on resources', () => {
  const bucket = (over: Json = {}) =>
    guarddutyFinding({
      type: 'Discovery:S3/AnomalousBehavior',
      resource: {
        resourceType: 'S3Bucket',
        accessKeyDetails: aliceKey,
        s3BucketDetails: [{ name: 'b', type: 'Destination' }],
        ...over,
      },
    });

  it('are about the principal of their key details (trap 8)', () => {
    expect(found(bucket()).identity.key).toBe(`user/${account}/alice`);
  });

  it('are ignored when they name only people of Kubernetes or of a database (trap 8)', () => {
    const kubernetesDetails = { kubernetesUserDetails: { username: 'alice', uid: 'u' } };
    const rdsDbUserDetails = { user: 'alice', authMethod: 'password' };
    const event = bucket({ accessKeyDetails: undefined, kubernetesDetails, rdsDbUserDetails });
    expect(read(event)).toEqual({ outcome: 'ignored', reason: 'names no AWS identity' });
  });

  it('are about another account when the caller came from there, whatever his name here would mean', () => {
    const service = {
      action: { awsApiCallAction: { remoteAccountDetails: { accountId: '999988887777', affiliated: false } } },
    };
    expect(found({ ...bucket(), service }).identity).toMatchObject({ kind: 'external' });
    expect(found({ ...bucket(), service }).identity.aliases).toEqual([
      `access-key/${userKey}`,
      'external/999988887777',
    ]);
  });

  it('keep their own identity when its stolen credentials were used from another account', () => {
    const service = { action: { awsApiCallAction: { remoteAccountDetails: { accountId: '999988887777' } } } };
    const type = 'UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.InsideAWS';
    expect(found(findingAbout(roleKey, { type, service })).identity.key).toBe(`role/${account}/web-server`);
  });
});

describe('guardduty: attack sequences', () => {
  const user = {
    name: 'alice',
    uid: userId,
    type: 'IAMUser',
    credentialUid: userKey,
    account: { uid: account, name: 'prod' },
  };
  const role = { name: 'web-server', uid: `${roleId}:s1`, type: 'AssumedRole', credentialUid: sessionKey };

  it('are about their one actor (trap 9)', () => {
    expect(found(attackSequence([{ id: `user:IAMUser:${userId}:alice`, user }]))).toMatchObject({
      identity: { kind: 'iam-user', key: `user/${account}/alice`, uniqueId: userId },
      credential: { accessKeyId: userKey },
    });
  });

  it('are about the one actor that is a user among processes', () => {
    expect(
      found(
        attackSequence([
          { id: 'p', process: { name: 'sh' } },
          { id: 'r', user: role },
        ]),
      ).identity,
    ).toMatchObject({
      kind: 'role-session',
      session: 's1',
    });
  });

  it('are left to a human with the aliases of all actors when there are several (trap 9)', () => {
    const finding = found(
      attackSequence([
        { id: 'a', user },
        { id: 'b', user: role },
      ]),
    );
    expect(finding.credential).toEqual({});
    expect(finding.identity).toEqual({
      kind: 'unknown',
      key: unknownKey,
      aliases: [
        `access-key/${userKey}`,
        `access-key/${sessionKey}`,
        `role/${account}/web-server`,
        unknownKey,
        `user/${account}/alice`,
      ],
    });
  });

  it.each([[undefined], [[]], [[{ id: 'p', process: { name: 'sh' } }]]])(
    'are left to a human without a user: %j',
    (actors) => {
      expect(found(attackSequence(actors)).identity).toEqual({
        kind: 'unknown',
        key: unknownKey,
        aliases: [unknownKey],
      });
    },
  );

  it.each<[string, Json]>([
    ['the activity took place in another account', { user: { ...user, account: { uid: '999988887777' } } }],
    [
      'the session was issued by another account',
      { user, session: { issuer: 'arn:aws:iam::999988887777:user/alice' } },
    ],
  ])('name nobody when %s', (_, actor) => {
    expect(found(attackSequence([{ id: 'a', ...actor }])).identity).toMatchObject({
      kind: 'unknown',
      key: `access-key/${userKey}`,
    });
  });
});
