import { describe, expect, it } from 'vitest';
import { aliceKey, attackSequence, guarddutyFinding, type Json, roleId, roleKey } from './guardduty-finding.ts';
import { read } from './read-finding.ts';

const resource = (details: Json) => ({ resource: { resourceType: 'AccessKey', accessKeyDetails: details } });

describe('guardduty: what is ignored', () => {
  const service = (over: Json) => ({ service: { serviceName: 'guardduty', ...over } });
  it.each<[string, Json]>([
    ['sample: true in the additional information (trap 6)', service({ additionalInfo: { sample: true } })],
    ['sample: true inside its JSON string', service({ additionalInfo: { value: '{"unusual":{},"sample":true}' } })],
    ['[SAMPLE] before the title', { title: '[SAMPLE] API was used' }],
    [
      'a generated user name without a genuine id',
      resource({ ...aliceKey, userName: 'GeneratedFindingUserName', accessKeyId: '', principalId: '' }),
    ],
    ['a generated user type', resource({ ...aliceKey, userType: 'GeneratedFindingUserType' })],
    ['a generated key id', resource({ ...aliceKey, accessKeyId: 'GeneratedFindingAccessKeyId' })],
    ['a generated principal id', resource({ ...aliceKey, principalId: 'GeneratedFindingPrincipalId' })],
    [
      'a generated actor',
      attackSequence([{ id: 'a', user: { name: 'GeneratedFindingUserName', uid: 'u', type: 'IAMUser' } }]),
    ],
    ['a sample whose other fields are junk', { title: '[SAMPLE] x', accountId: '12345', type: undefined }],
  ])('is a sample: %s', (_, overrides) => {
    expect(read(guarddutyFinding(overrides))).toEqual({
      outcome: 'ignored',
      reason: 'a sample finding: nothing happened',
    });
  });

  it.each<[string, Json]>([
    ['a session name', resource({ ...roleKey, principalId: `${roleId}:GeneratedFinding` })],
    ['the middle of a title', { title: 'user alice [SAMPLE] was seen' }],
    [
      'a nested value of the additional information',
      service({ additionalInfo: { value: '{"userAgent":{"sample":true}}' } }),
    ],
    ['additional information that is no JSON', service({ additionalInfo: { value: '{"sample":true' } })],
  ])('is not a sample for what an attacker may write: %s', (_, overrides) => {
    expect(read(guarddutyFinding(overrides)).outcome).toBe('finding');
  });

  it.each<[string, Json, string]>([
    ['key', {}, `access-key/${aliceKey.accessKeyId}`],
    // Who signs in with a password has no key.
    ['unique id', { accessKeyId: '' }, 'unknown/guardduty/'],
  ])('is not a user who named itself like a sample: its %s is genuine, so a person decides', (_, ids, key) => {
    const event = guarddutyFinding(resource({ ...aliceKey, ...ids, userName: 'GeneratedFindingUserName' }));
    expect(read(event)).toMatchObject({
      outcome: 'finding',
      finding: { identity: { kind: 'unknown', key: expect.stringContaining(key) } },
    });
  });

  it.each([true, 'true'])('is what somebody archived by hand (archived: %j)', (archived) => {
    expect(read(guarddutyFinding(service({ archived })))).toMatchObject({ outcome: 'ignored' });
  });

  it('is a finding about an instance', () => {
    const event = guarddutyFinding({ type: 'Backdoor:EC2/C&CActivity.B!DNS', resource: { resourceType: 'Instance' } });
    expect(read(event)).toEqual({ outcome: 'ignored', reason: 'names no AWS identity' });
  });
});
