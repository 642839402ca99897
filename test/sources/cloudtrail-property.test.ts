import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAccessKeyId, isAccountId, isIamName, isRoleId, isUserId } from '#core/ids';
import { calls } from '#core/sources/cloudtrail-calls';
import { readEvent } from '#core/sources/read';
import { alice, root, served, signIn, trailEnvelope } from './cloudtrail-record.ts';
import { account, roleId, sessionKey, userId, userKey } from './guardduty-finding.ts';
import { noLists } from './read-finding.ts';

describe('a finding, whatever the caller says', () => {
  const odd = fc.oneof(
    fc.constantFrom('', '*', account, '999988887777', `${account}:bob`),
    fc.jsonValue({ maxDepth: 2 }),
  );
  const who = fc.record(
    {
      type: fc.oneof(
        fc.constantFrom('IAMUser', 'AssumedRole', 'Root', 'FederatedUser', 'AWSAccount', 'IdentityCenterUser'),
        odd,
      ),
      principalId: fc.oneof(fc.constantFrom(userId, `${roleId}:s1`, account), odd),
      userName: fc.oneof(fc.constantFrom('alice', 'bob'), odd),
      arn: fc.oneof(fc.constantFrom(alice.arn, `arn:aws:sts::${account}:assumed-role/web/s1`), odd),
      accessKeyId: fc.oneof(fc.constantFrom(userKey, sessionKey), odd),
      accountId: fc.oneof(fc.constantFrom(account), odd),
      sessionContext: fc.oneof(fc.constantFrom({ sessionIssuer: { type: 'IAMUser', userName: 'alice' } }), odd),
      onBehalfOf: odd,
    },
    { requiredKeys: [] },
  );
  const target = fc.oneof(fc.constantFrom('alice', 'web'), odd);
  const events = fc.tuple(fc.constantFrom(...calls), who, target).map(([{ service, name }, userIdentity, at]) =>
    served(`${service}:${name}`, {
      userIdentity,
      requestParameters: { userName: at, roleName: at, policyArn: at, setAsDefault: at, eventSelectors: at },
      responseElements: { [name]: 'Success', accessKey: { accessKeyId: userKey, userName: at } },
    }),
  );

  it('names only what AWS could have issued, by aliases that are sorted and hold its key', () => {
    fc.assert(
      fc.property(events, (event) => {
        for (const document of [event, trailEnvelope(event)])
          for (const reading of readEvent(JSON.stringify(document), { lists: noLists })) {
            if (reading.outcome !== 'finding') continue;
            const { identity, credential, id, account: owner } = reading.finding;
            expect(identity.aliases).toContain(identity.key);
            expect(identity.aliases).toEqual([...new Set(identity.aliases)].sort());
            expect(id).toMatch(/^(?!.*#)[ -~]{1,512}$/);
            expect(isAccountId(owner)).toBe(true);
            if (identity.name !== undefined) expect(isIamName(identity.name) || identity.kind === 'service').toBe(true);
            if (identity.uniqueId !== undefined)
              expect(isUserId(identity.uniqueId) || isRoleId(identity.uniqueId)).toBe(true);
            if (credential.accessKeyId !== undefined) expect(isAccessKeyId(credential.accessKeyId)).toBe(true);
          }
      }),
      { numRuns: 500 },
    );
  });

  it('names no credential unless whoever it is about made the call', () => {
    fc.assert(
      fc.property(events, (event) => {
        for (const reading of readEvent(JSON.stringify(event), { lists: noLists }))
          if (reading.outcome === 'finding' && /ByOther$/.test(reading.finding.type))
            expect(reading.finding.credential).toEqual({});
      }),
      { numRuns: 500 },
    );
  });

  it('never throws, whatever stands in place of any part', () => {
    const whole = { ...served('s3:CreateBucket', { userIdentity: root }), additionalEventData: {}, errorCode: '' };
    const parts = fc.constantFrom(...Object.keys(whole), 'eventName');
    fc.assert(
      fc.property(events, parts, fc.jsonValue(), (event, part, value) => {
        for (const record of [event, whole, signIn(root)])
          expect(() => readEvent(JSON.stringify({ ...record, [part]: value }), { lists: noLists })).not.toThrow();
      }),
      { numRuns: 500 },
    );
  });
});
