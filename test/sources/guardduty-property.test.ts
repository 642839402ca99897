import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAccessKeyId, isAccountId, isIamName, isRegion, isRoleId, isUserId } from '#core/ids';
import { readEvent } from '#core/sources/read';
import { account, aliceKey, guarddutyFinding, roleId, sessionKey, userId, userKey } from './guardduty-finding.ts';
import { noLists } from './read-finding.ts';

const options = { lists: noLists };

describe('a finding, whatever the key details say', () => {
  const odd = fc.oneof(fc.string(), fc.constantFrom('', '*', 'N/A', account, '999988887777'), fc.jsonValue());
  const details = fc.record(
    {
      userType: fc.oneof(
        fc.constantFrom('IAMUser', 'AssumedRole', 'Root', 'FederatedUser', 'AWSAccount', 'AWSService', 'Role'),
        odd,
      ),
      principalId: fc.oneof(fc.constantFrom(userId, `${roleId}:s1`, `${account}:bob`), odd),
      userName: fc.oneof(fc.constantFrom('alice', 'bob', 'ec2.amazonaws.com'), odd),
      accessKeyId: fc.oneof(fc.constantFrom(userKey, sessionKey), odd),
    },
    { requiredKeys: [] },
  );
  const findings = details.map((accessKeyDetails) => {
    const event = guarddutyFinding({ resource: { resourceType: 'AccessKey', accessKeyDetails } });
    return readEvent(JSON.stringify(event), options).flatMap((each) =>
      each.outcome === 'finding' ? [each.finding] : [],
    );
  });

  it('has its key among its aliases, which are sorted and unique', () => {
    fc.assert(
      fc.property(findings, ([finding]) => {
        if (!finding) return;
        const { key, aliases } = finding.identity;
        expect(aliases).toContain(key);
        expect(aliases).toEqual([...new Set(aliases)].sort());
      }),
    );
  });

  it('hands on only identifiers that AWS could have issued', () => {
    fc.assert(
      fc.property(findings, ([finding]) => {
        if (!finding) return;
        const { kind, name, uniqueId } = finding.identity;
        if (name !== undefined && kind !== 'service') expect(isIamName(name)).toBe(true);
        if (uniqueId !== undefined) expect(isUserId(uniqueId) || isRoleId(uniqueId)).toBe(true);
        if (finding.credential.accessKeyId !== undefined)
          expect(isAccessKeyId(finding.credential.accessKeyId)).toBe(true);
        expect(isAccountId(finding.account) && isRegion(finding.region)).toBe(true);
      }),
    );
  });

  it('is about a user only where type, id and name all allow it', () => {
    fc.assert(
      fc.property(details, (accessKeyDetails) => {
        const event = guarddutyFinding({ resource: { accessKeyDetails: { ...aliceKey, ...accessKeyDetails } } });
        const [reading] = readEvent(JSON.stringify(event), options);
        if (reading?.outcome !== 'finding' || reading.finding.identity.kind !== 'iam-user') return;
        const said = { ...aliceKey, ...accessKeyDetails };
        expect(said.userType).toBe('IAMUser');
        expect(isIamName(said.userName)).toBe(true);
        expect(['', 'N/A', null].includes(said.principalId as string) || isUserId(said.principalId)).toBe(true);
      }),
    );
  });
});
