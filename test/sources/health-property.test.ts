import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAccessKeyId, isAccountId, isIamName } from '#core/ids';
import { readEvent } from '#core/sources/read';
import { account, userKey } from './guardduty-finding.ts';
import { healthDetail, healthEvent } from './health-event.ts';
import { noLists } from './read-finding.ts';

const odd = fc.oneof(fc.string(), fc.constantFrom('', '*', '#', 'UNKNOWN', account, '999988887777'), fc.jsonValue());
const keyId = fc.oneof(fc.constantFrom(userKey, 'AKIA9999888877776666', 'ASIA1111222233334444'), odd);
const name = fc.oneof(fc.constantFrom('alice', 'bob', 'root'), odd);
const value = fc.oneof(
  keyId,
  name.map((each) => `arn:aws:iam::${account}:user/${each}`),
  fc.tuple(name, keyId).map((each) => ['IAM_USER', ...each].join('/')),
);
const details = fc.record(
  {
    eventTypeCode: fc.constantFrom('AWS_RISK_CREDENTIALS_EXPOSED', 'AWS_RISK_X'),
    affectedEntities: fc.oneof(fc.array(fc.oneof(fc.record({ entityValue: value }), odd), { maxLength: 4 }), odd),
    eventMetadata: fc.oneof(fc.record({ publicKey: keyId, userName: name }, { requiredKeys: [] }), odd),
    affectedAccount: fc.oneof(fc.constantFrom(account, userKey), odd),
    startTime: odd,
  },
  { requiredKeys: [] },
);
const readings = details.map((detail) =>
  readEvent(JSON.stringify(healthEvent(healthDetail(detail), { resources: [] })), { lists: noLists }),
);
const findings = readings.map((all) => all.flatMap((each) => (each.outcome === 'finding' ? [each.finding] : [])));

describe('a Health event, whatever its entities say', () => {
  it('has an outcome, and each of its findings an id of its own that the register can hold', () => {
    fc.assert(
      fc.property(readings, (all) => {
        expect(all.length).toBeGreaterThan(0);
        const ids = all.flatMap((each) => (each.outcome === 'finding' ? [each.finding.id] : []));
        expect(new Set(ids).size).toBe(ids.length);
        for (const id of ids) expect(id).toMatch(/^(?!.*#)[ -~]{1,512}$/);
      }),
    );
  });

  it('has its key among its aliases, which are sorted and unique', () => {
    fc.assert(
      fc.property(findings, (all) => {
        for (const { identity } of all) {
          expect(identity.aliases).toContain(identity.key);
          expect(identity.aliases).toEqual([...new Set(identity.aliases)].sort());
        }
      }),
    );
  });

  it('hands on only identifiers that AWS could have issued', () => {
    fc.assert(
      fc.property(findings, (all) => {
        for (const { account: own, identity, credential } of all) {
          expect(isAccountId(own)).toBe(true);
          if (identity.name !== undefined) expect(isIamName(identity.name)).toBe(true);
          if (credential.accessKeyId !== undefined) expect(isAccessKeyId(credential.accessKeyId)).toBe(true);
        }
      }),
    );
  });

  it('is about a user only in the account that the finding is about', () => {
    fc.assert(
      fc.property(findings, (all) => {
        for (const { account: own, identity } of all)
          if (identity.kind === 'iam-user') expect(identity.key).toBe(`user/${own}/${identity.name}`);
      }),
    );
  });
});
