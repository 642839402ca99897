import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAccessKeyId, isAccountId, isIamName, isRegion, isRoleId, isUserId } from '#core/ids';
import { readEvent } from '#core/sources/read';
import { account, roleId, sessionKey, userId, userKey } from './guardduty-finding.ts';
import { noLists } from './read-finding.ts';
import {
  control,
  customAction,
  event,
  ocsfControl,
  ocsfEvent,
  ocsfSeen,
  role,
  secretArn,
  seen,
  user,
} from './securityhub-event.ts';

const odd = fc.oneof(fc.string(), fc.constantFrom('', '*', 'N/A', 'null', '999988887777'), fc.jsonValue());
const text = fc.constantFrom(
  ...[
    user('alice'),
    role('web'),
    user('bob', '999988887777'),
    `arn:aws:iam::${account}:root`,
    secretArn,
    userKey,
    sessionKey,
  ],
  ...[userId, `${roleId}:s1`, 'alice', 'Root', account, `AWS::::Account:${account}`, `AWS::IAM::AccessKey:${userKey}`],
);
const any = fc.oneof({ weight: 3, arbitrary: text }, { weight: 1, arbitrary: odd });
const types = fc
  .constantFrom('User', 'Role', 'AccessKey')
  .map((type) => [`AwsIam${type}`, `AWS::IAM::${type}`] as const);
const details = fc.record(
  {
    ...{ AccessKeyId: any, PrincipalId: any, PrincipalName: any, UserId: any, UserName: any, AccountId: any },
    PrincipalType: fc.oneof(fc.constantFrom('IAMUser', 'AssumedRole', 'Root', 'FederatedUser', 'Role'), odd),
    SessionContext: fc.oneof(fc.record({ SessionIssuer: fc.record({ Arn: any, UserName: any }) }), odd),
  },
  { requiredKeys: [] },
);
const resource = fc.oneof(
  fc
    .tuple(types, any, details, fc.constantFrom('Actor', 'Target', undefined))
    .map(([[Type], Id, each, ResourceRole]) => ({
      Type,
      Id,
      ResourceRole,
      Details: { [Type]: each },
    })),
  fc.record({ Type: fc.constantFrom('AwsAccount', 'AwsSecretsManagerSecret', 'Other'), Id: any }),
  fc.jsonValue(),
);
const ocsfResource = fc.oneof(
  fc.record(
    {
      type: types.map(([, type]) => type),
      ...{ uid: any, uid_alt: any, name: any },
      user: fc.oneof(fc.record({ name: any }), odd),
      data: fc.oneof(fc.record({ access_key_id: any, user_name: any, principal_id: any, user_type: any }), odd),
    },
    { requiredKeys: ['type'] },
  ),
  fc.jsonValue(),
);
const events = fc.oneof(
  fc.array(resource, { maxLength: 3 }).map((Resources) => event([seen({ Resources })])),
  fc.array(resource, { maxLength: 3 }).map((Resources) => customAction(control('IAM.4', { Resources }))),
  fc.array(ocsfResource, { maxLength: 3 }).map((resources) => ocsfEvent(ocsfSeen(resources as never))),
);
const findings = events.map((document) =>
  readEvent(JSON.stringify(document), { lists: noLists }).flatMap((each) =>
    each.outcome === 'finding' ? [each.finding] : [],
  ),
);

describe('a Security Hub finding, whatever its resources say', () => {
  it('has its key among its aliases, which are sorted, unique, and fit a register key', () => {
    fc.assert(
      fc.property(findings, (all) => {
        for (const { id, identity } of all) {
          expect(identity.aliases).toContain(identity.key);
          expect(identity.aliases).toEqual([...new Set(identity.aliases)].sort());
          expect(id).toMatch(/^[ -"$-~]{1,512}$/);
          for (const alias of identity.aliases) expect(alias).toMatch(/^[ -"$-~]{1,600}$/);
        }
        expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
      }),
      { numRuns: 500 },
    );
  });

  it('hands on only identifiers that AWS could have issued, and of its own account alone', () => {
    fc.assert(
      fc.property(findings, (all) => {
        for (const finding of all) {
          const { kind, name, uniqueId, aliases } = finding.identity;
          if (name !== undefined && kind !== 'service' && kind !== 'secret') expect(isIamName(name)).toBe(true);
          if (uniqueId !== undefined) expect(isUserId(uniqueId) || isRoleId(uniqueId)).toBe(true);
          const { accessKeyId } = finding.credential;
          if (accessKeyId !== undefined) expect(isAccessKeyId(accessKeyId)).toBe(true);
          expect(isAccountId(finding.account) && isRegion(finding.region)).toBe(true);
          for (const alias of aliases.filter((each) => /^(user|role|root|secret|federated)\//.test(each)))
            expect(alias.split('/')[1]).toBe(account);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('a Security Hub event, whatever any of its fields is', () => {
  it('never throws', () => {
    const forms = [control(), seen(), ocsfControl()] as const;
    const broken = fc
      .tuple(fc.constantFrom(...forms), fc.nat(), fc.oneof(odd, fc.constant(undefined)))
      .map(([form, at, value]) => ({ ...form, [Object.keys(form)[at % Object.keys(form).length] as string]: value }));
    const documents = fc.oneof(
      broken,
      fc.array(broken, { maxLength: 2 }).map((all) => event(all)),
      fc.jsonValue().map((detail) => event([], { detail })),
    );
    fc.assert(
      fc.property(documents, (document) => {
        const readings = readEvent(JSON.stringify(document), { lists: noLists });
        expect(readings.length).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });
});
