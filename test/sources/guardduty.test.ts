import { describe, expect, it } from 'vitest';
import { account, envelope, guarddutyFinding, type Json, userId, userKey, withKeys } from './guardduty-finding.ts';
import { found, read } from './read-finding.ts';

describe('guardduty: the finding', () => {
  it('is the same from an envelope and bare', () => {
    const { raw: _, ...enveloped } = found(envelope());
    const { raw: __, ...bare } = found(guarddutyFinding());
    expect(enveloped).toEqual(bare);
    expect(bare).toEqual({
      source: 'guardduty',
      id: '5ec1de0000000000000000000000a001',
      type: 'UnauthorizedAccess:IAMUser/MaliciousIPCaller.Custom',
      signal: 'blocking',
      why: 'GuardDuty rates it medium or higher, or does not rate it',
      severity: 5,
      account,
      region: 'eu-central-1',
      observedAt: '2026-08-20T09:30:00.000Z',
      simulated: false,
      identity: {
        kind: 'iam-user',
        key: `user/${account}/alice`,
        aliases: [`access-key/${userKey}`, `user/${account}/alice`],
        name: 'alice',
        uniqueId: userId,
      },
      credential: { accessKeyId: userKey },
    });
  });

  it.each([
    ['PascalCase', (key: string) => key[0]?.toUpperCase() + key.slice(1)],
    ['lower case', (key: string) => key.toLowerCase()],
    ['upper case', (key: string) => key.toUpperCase()],
  ])('is the same with its keys in %s inside an ordinary envelope (trap 1)', (_, change) => {
    expect(found(envelope(withKeys(guarddutyFinding(), change))).identity).toEqual(found(envelope()).identity);
  });

  it('belongs to the account in its detail when the administrator account receives it', () => {
    expect(found(envelope(guarddutyFinding(), { account: '999988887777' })).account).toBe(account);
  });

  it('takes the Region of the envelope where its own is absent, and null where both are', () => {
    const withoutRegion = guarddutyFinding({ region: undefined });
    expect(found(envelope(withoutRegion)).region).toBe('eu-central-1');
    expect(found(withoutRegion).region).toBeNull();
  });

  it('is marked as simulated when it comes from the simulation source', () => {
    expect(found(envelope(guarddutyFinding(), { source: 'rescind.simulated.guardduty' })).simulated).toBe(true);
  });
});

describe('guardduty: what is rejected', () => {
  it.each<[string, string, Json]>([
    ['FIELD_MISSING', 'type', { type: undefined }],
    ['FIELD_MISSING', 'id', { id: '' }],
    ['FIELD_MISSING', 'accountId', { accountId: undefined }],
    ['FIELD_MISSING', 'updatedAt', { updatedAt: undefined, createdAt: 'never', service: {} }],
    ['FIELD_INVALID', 'type', { type: 'Recon:IAMUser UserPermissions' }],
    ['FIELD_INVALID', 'type', { type: 7 }],
    ['FIELD_INVALID', 'id', { id: '../../etc' }],
    ['FIELD_INVALID', 'accountId', { accountId: '123456789' }],
    ['FIELD_INVALID', 'accountId', { accountId: 111122223333 }],
    ['FIELD_INVALID', 'accountId', { accountId: '<ACCOUNT_ID>' }],
    ['FIELD_INVALID', 'region', { region: 'eu-central-1/../' }],
    ['FIELD_INVALID', 'severity', { severity: 11 }],
    ['FIELD_INVALID', 'severity', { severity: 'high' }],
  ])('%s names the field and the remedy: %s %j', (code, field, overrides) => {
    const reading = read(guarddutyFinding(overrides));
    expect(reading).toMatchObject({ outcome: 'rejected', code });
    expect(reading).toHaveProperty('message', expect.stringMatching(new RegExp(`^${field} [^\\n]+: hand over .+$`)));
  });

  it.each<[Json]>([[{ account: '1234567890' }], [{ region: 'nowhere' }]])(
    'is an envelope that is malformed: %j',
    (overrides) => {
      expect(read(envelope(guarddutyFinding(), overrides))).toMatchObject({
        outcome: 'rejected',
        code: 'FIELD_INVALID',
      });
    },
  );

  it('is an envelope with an empty detail (trap 7)', () => {
    expect(read(envelope({}))).toMatchObject({ outcome: 'rejected', code: 'FIELD_MISSING' });
  });
});

describe('guardduty: signal, severity and time', () => {
  it.each<[string, number | string | undefined, string, number]>([
    ['UnauthorizedAccess:IAMUser/TorIPCaller', 2, 'immediate', 2],
    ['UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS', 8, 'immediate', 8],
    ['UnauthorizedAccess:IAMUser/TorIPCallerX', 8, 'blocking', 8],
    ['Recon:IAMUser/UserPermissions', 10, 'blocking', 10],
    ['Recon:IAMUser/UserPermissions', 4, 'blocking', 4],
    ['Recon:IAMUser/UserPermissions', 3.9, 'advisory', 3.9],
    ['Recon:IAMUser/UserPermissions', '5.0', 'blocking', 5],
    ['Recon:IAMUser/UserPermissions', undefined, 'blocking', 0],
    ['Discovery:S3/TorIPCaller', 8, 'blocking', 8],
  ])('%s at severity %s is %s', (type, severity, signal, number) => {
    expect(found(guarddutyFinding({ type, severity }))).toMatchObject({ signal, severity: number });
  });

  it.each<[string, Json, string]>([
    ['the last activity, whenever it was updated', {}, '2026-08-20T09:30:00.000Z'],
    ['the last update without it', { service: {} }, '2026-08-20T09:35:00.000Z'],
    ['the creation without both', { updatedAt: null, service: {} }, '2026-08-20T09:05:00.000Z'],
    ['the envelope without all', { updatedAt: '', service: {}, createdAt: undefined }, '2026-08-20T09:36:00.000Z'],
  ])('was observed at %s', (_, overrides, observedAt) => {
    expect(found(envelope(guarddutyFinding(overrides))).observedAt).toBe(observedAt);
  });
});
