import { describe, expect, it } from 'vitest';
import { readEvent } from '#core/sources/read';
import {
  analyzerAccount,
  bucketArn,
  event,
  external,
  externalDetail,
  id,
  internal,
  listed,
  listedV2,
  owner,
  roleArn,
  secretArn,
  unused,
  userArn,
} from './accessanalyzer-event.ts';
import { type Json, withKeys } from './guardduty-finding.ts';
import { found, noLists } from './read-finding.ts';

const roleKey = `role/${owner}/report-writer`;

describe('accessanalyzer: the finding', () => {
  it('of external access is about the role whose trust is too wide, not about who gained it', () => {
    expect(found(external())).toEqual({
      source: 'accessanalyzer',
      id,
      type: 'ExternalAccess',
      signal: 'blocking',
      why: expect.stringContaining('outside of the zone of trust'),
      severity: 6,
      account: owner,
      region: 'eu-central-1',
      observedAt: '2026-08-20T09:30:00.123Z',
      simulated: false,
      identity: { kind: 'iam-role', key: roleKey, aliases: [roleKey], arn: roleArn, name: 'report-writer' },
      credential: {},
      raw: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('is the same as an event and as each API gives it', () => {
    const forms = [
      externalDetail(),
      listed(),
      { finding: listed() },
      listedV2(),
      listedV2({ findingDetails: [{ externalAccessDetails: { principal: { AWS: '999988887777' }, condition: {} } }] }),
    ];
    const { raw: _, region: __, ...enveloped } = found(external());
    for (const form of forms) expect(found(form)).toMatchObject(enveloped);
  });

  it.each([
    ['PascalCase', (key: string) => key[0]?.toUpperCase() + key.slice(1)],
    ['lower case', (key: string) => key.toLowerCase()],
  ])('is the same with its keys in %s (trap 1)', (_, change) => {
    expect(found(event('Access Analyzer Finding', withKeys(externalDetail(), change))).identity).toEqual(
      found(external()).identity,
    );
  });

  it.each<[string, Json, string, string, string, number]>([
    ['anybody', { isPublic: true, principal: { AWS: '*' } }, 'ExternalAccess', 'blocking', roleKey, 8],
    [
      'somebody from outside may read a secret',
      { resource: secretArn, resourceType: 'AWS::SecretsManager::Secret', action: ['secretsmanager:GetSecretValue'] },
      'ExternalAccess',
      'blocking',
      `secret/${owner}/eu-central-1/billing/db-login`,
      6,
    ],
    [
      'an analysis that failed, without a principal (trap 15)',
      { error: 'ACCESS_DENIED', principal: undefined, action: undefined, condition: undefined },
      'ExternalAccess/Error',
      'advisory',
      roleKey,
      1,
    ],
    ['a type of later', { findingType: 'SharedSomehow' }, 'SharedSomehow', 'blocking', roleKey, 5],
  ])('of external access: %s', (_, detail, type, signal, key, severity) => {
    expect(found(external(detail))).toMatchObject({ type, signal, severity, identity: { key } });
  });

  it('of a secret has the Region of the secret', () => {
    const detail = { resource: secretArn, resourceType: 'AWS::SecretsManager::Secret' };
    expect(found(external(detail, { region: 'us-east-1' })).region).toBe('eu-central-1');
    expect(found(listed(detail)).region).toBe('eu-central-1');
  });

  it('of a failed analysis is not what a list of the type itself names', () => {
    const lists = { ...noLists, immediate: ['ExternalAccess'] };
    const signals = [external(), external({ error: 'INTERNAL_ERROR' })].map((each) =>
      readEvent(JSON.stringify(each), { lists }),
    );
    expect(signals.flat()).toMatchObject([{ finding: { signal: 'immediate' } }, { finding: { signal: 'advisory' } }]);
  });

  it.each<[string, Json, string]>([
    ['UnusedIAMRole', {}, roleKey],
    ['UnusedPermission', { numberOfUnusedServices: 1 }, roleKey],
    ['UnusedIAMUserPassword', { resource: userArn, resourceType: 'AWS::IAM::User' }, `user/${owner}/alice`],
    ['UnusedIAMUserAccessKey', { resource: userArn, resourceType: 'AWS::IAM::User' }, `user/${owner}/alice`],
  ])('of unused access has the id from findingId and is advisory: %s (traps 15 and 24)', (findingType, detail, key) => {
    expect(found(unused({ findingType, ...detail }))).toMatchObject({
      id,
      type: findingType,
      signal: 'advisory',
      account: owner,
      identity: { key },
      credential: {},
    });
  });

  it('of an unused key names it where GetFindingV2 does', () => {
    const accessKeyId = 'AKIA1111222233334444';
    const finding = listedV2({
      findingType: 'UnusedIAMUserAccessKey',
      resource: userArn,
      resourceType: 'AWS::IAM::User',
      findingDetails: [{ unusedIamUserAccessKeyDetails: { accessKeyId } }],
    });
    expect(found(finding)).toMatchObject({
      identity: { kind: 'iam-user', aliases: [`access-key/${accessKeyId}`, `user/${owner}/alice`] },
      credential: { accessKeyId },
    });
  });

  it('of anything but a user names no key, whatever is nested', () => {
    const findingDetails = [{ unusedIamUserAccessKeyDetails: { accessKeyId: 'AKIA1111222233334444' } }];
    expect(found(listedV2({ findingDetails }))).toMatchObject({ identity: { aliases: [roleKey] }, credential: {} });
  });

  it('of internal access is about whoever has it, because only buckets, tables and snapshots are watched', () => {
    expect(found(internal())).toMatchObject({
      type: 'InternalAccess',
      signal: 'advisory',
      account: owner,
      identity: { kind: 'iam-role', key: roleKey },
    });
    const nested = { principal: { AWS: userArn }, principalType: 'IAM_USER', principalOwnerAccount: owner };
    const bare = { findingType: 'InternalAccess', resource: bucketArn, resourceType: 'AWS::S3::Bucket' };
    expect(
      found(
        listedV2({
          ...bare,
          findingDetails: [{ internalAccessDetails: nested }],
          resourceOwnerAccount: analyzerAccount,
        }),
      ),
    ).toMatchObject({ account: owner, identity: { kind: 'iam-user', key: `user/${owner}/alice` } });
  });

  it('is simulated when it comes by the simulation source', () => {
    expect(found(external({}, { source: 'rescind.simulated.access-analyzer' })).simulated).toBe(true);
  });

  it.each<[string, Json, string]>([
    ['the last update', {}, '2026-08-20T09:30:00.123Z'],
    ['the analysis, without an update', { updatedAt: null }, '2026-08-20T09:00:00.000Z'],
    ['the creation, without both', { updatedAt: null, analyzedAt: 'x' }, '2026-08-20T08:00:00.000Z'],
    ['the event, without all', { updatedAt: '', analyzedAt: '', createdAt: '' }, '2026-08-20T10:00:00.000Z'],
  ])('was observed at %s', (_, detail, observedAt) => {
    expect(found(external(detail)).observedAt).toBe(observedAt);
  });
});

describe('accessanalyzer: accounts (traps 15 and 24)', () => {
  it.each<[string, Json]>([
    ['external', external({}, { account: analyzerAccount })],
    ['unused', unused({}, { account: analyzerAccount })],
    ['internal', internal({ accountId: analyzerAccount }, { account: analyzerAccount })],
  ])("%s access belongs to the account of the ARN when the organisation's analyzer found it", (_, given) => {
    expect(found(given)).toMatchObject({ account: owner, identity: { key: roleKey } });
  });

  it.each<[string, Json]>([
    ['another account', external({ accountId: analyzerAccount })],
    ['another owner', listed({ resourceOwnerAccount: analyzerAccount })],
    ['three accounts', unused({ accountId: analyzerAccount }, { account: '777788889999' })],
    ['another resource type', external({ resourceType: 'AWS::IAM::User' })],
    ['another principal type', internal({ principalType: 'IAM_USER' })],
    ['another owner of the principal', internal({ principalOwnerAccount: analyzerAccount })],
    ['a principal that is neither user nor role', internal({ principalType: 'ROOT' })],
  ])('is left to a person where the finding says %s than the ARN', (_, given) => {
    const key = `unknown/accessanalyzer/${id}`;
    expect(found(given)).toMatchObject({ account: owner, identity: { kind: 'unknown', key, aliases: [roleKey, key] } });
    expect(found(given).identity.arn).toBeUndefined();
  });
});
