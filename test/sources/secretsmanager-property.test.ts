import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAccountId, isRegion } from '#core/ids';
import { readEvent } from '#core/sources/read';
import { account } from './guardduty-finding.ts';
import { noLists } from './read-finding.ts';
import { rotationEvent, rotationRecord, secretArn } from './secretsmanager-event.ts';

describe('a rotation event, whatever it says', () => {
  const odd = fc.oneof(fc.string(), fc.constantFrom('', '*', account, '999988887777', secretArn), fc.jsonValue());
  const records = fc.record(
    {
      eventID: odd,
      recipientAccountId: fc.oneof(fc.constant(account), odd),
      awsRegion: fc.oneof(fc.constantFrom('eu-central-1', 'eu-west-1'), odd),
      additionalEventData: fc.oneof(fc.record({ SecretId: odd }), odd),
      serviceEventDetails: fc.oneof(fc.record({ secretId: odd }), odd),
      userIdentity: odd,
    },
    { requiredKeys: [] },
  );

  it('has one outcome, and a finding only with an account, a Region and a key among its aliases', () => {
    fc.assert(
      fc.property(records, (record) => {
        const event = rotationEvent(rotationRecord(record));
        const [reading, ...others] = readEvent(JSON.stringify(event), { lists: noLists });
        expect(others).toEqual([]);
        expect(reading).toBeDefined();
        if (reading?.outcome !== 'finding') return;
        const { account: own, region, identity, id } = reading.finding;
        expect(isAccountId(own) && isRegion(region)).toBe(true);
        expect(identity.aliases).toContain(identity.key);
        expect(`${id}${identity.key}`).toMatch(/^(?!.*#)[ -~]+$/);
      }),
    );
  });
});
