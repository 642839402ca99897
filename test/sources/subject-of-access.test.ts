import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAccountId } from '#core/ids';
import * as registry from '#core/sources';
import { fold } from '#core/sources/fold';
import { readEvent } from '#core/sources/read';
import { identityOf, nestedIn, subjectOfAccess } from '#core/sources/subject-of-access';
import {
  external,
  externalDetail,
  internal,
  listed,
  listedV2,
  owner,
  roleArn,
  secretArn,
  unused,
  userArn,
} from './accessanalyzer-event.ts';
import { envelope, guarddutyFinding, type Json } from './guardduty-finding.ts';
import { noLists } from './read-finding.ts';

const folded = (value: Json) => fold(value).folded as Parameters<typeof subjectOfAccess>[0];

describe('the subject of a finding of Access Analyzer', () => {
  it('is what the ARN of the resource names, or of the principal where access is internal', () => {
    const { detail } = internal() as { detail: Json };
    expect(subjectOfAccess(folded(externalDetail()), 'ExternalAccess')).toMatchObject({ named: { arn: roleArn } });
    expect(subjectOfAccess(folded(detail), 'InternalAccess')).toMatchObject({
      named: { arn: roleArn },
      clashes: false,
    });
  });

  it('keeps account and Region out of the identity', () => {
    const subject = subjectOfAccess(
      folded(externalDetail({ resource: secretArn, resourceType: 'AWS::SecretsManager::Secret' })),
      '',
    );
    if ('outcome' in subject) throw new Error(JSON.stringify(subject));
    expect(Object.keys(identityOf(subject, 'unknown/x')).toSorted()).toEqual(['aliases', 'arn', 'key', 'kind', 'name']);
  });

  it('is read from what GetFindingV2 nests, and from nothing that is not a list', () => {
    const details = { externalAccessDetails: { isPublic: true } };
    expect(nestedIn(folded({ findingDetails: [details] }), 'externalaccessdetails')).toEqual({ ispublic: true });
    expect(nestedIn(folded({ findingDetails: details }), 'externalaccessdetails')).toEqual({});
  });
});

describe('a finding of Access Analyzer, whatever it holds', () => {
  const odd = fc.oneof(fc.jsonValue(), fc.string(), fc.constantFrom(owner, '999988887777', '*', '', 'N/A'));
  const detail = fc.record(
    {
      findingType: fc.oneof(fc.constantFrom('ExternalAccess', 'InternalAccess', 'UnusedIAMUserAccessKey'), odd),
      resourceType: fc.oneof(fc.constantFrom('AWS::IAM::Role', 'AWS::IAM::User', 'AWS::SecretsManager::Secret'), odd),
      resource: fc.oneof(fc.constantFrom(roleArn, userArn, secretArn), odd),
      accountId: fc.oneof(fc.constant(owner), odd),
      resourceOwnerAccount: odd,
      principal: fc.oneof(odd, fc.record({ AWS: fc.oneof(fc.constantFrom(roleArn, userArn), odd) })),
      principalType: fc.oneof(fc.constantFrom('IAM_ROLE', 'IAM_USER'), odd),
      findingDetails: fc.array(fc.record({ unusedIamUserAccessKeyDetails: fc.record({ accessKeyId: odd }) })),
      error: odd,
      region: fc.oneof(fc.constant('eu-central-1'), odd),
      updatedAt: odd,
    },
    { requiredKeys: [] },
  );
  const shapes: ((over: Json) => Json)[] = [external, internal, unused, listed, listedV2];

  it('never throws, and names only what AWS could have issued', () => {
    fc.assert(
      fc.property(detail, fc.constantFrom(...shapes), (over, shape) => {
        for (const reading of readEvent(JSON.stringify(shape(over as Json)), { lists: noLists })) {
          if (reading.outcome !== 'finding') continue;
          const { finding } = reading;
          expect(finding.identity.aliases).toContain(finding.identity.key);
          expect(finding.identity.aliases).toEqual([...new Set(finding.identity.aliases)].sort());
          expect(isAccountId(finding.account)).toBe(true);
          expect(finding.id).toMatch(/^[ -"$-~]{1,512}$/);
        }
      }),
    );
  });
});

describe('the sources', () => {
  it.each<[string, Json]>([
    ['accessanalyzer', listed()],
    ['accessanalyzer', listedV2()],
    ['accessanalyzer', { finding: listed() }],
    ['accessanalyzer', externalDetail()],
    ['accessanalyzer', (unused() as { detail: Json }).detail],
    ['guardduty', guarddutyFinding()],
    ['cloudtrail', { eventName: 'CreateAnalyzer', eventSource: 'access-analyzer.amazonaws.com' }],
  ])('recognise a bare document of %s by that source alone', (name, document) => {
    const by = Object.values(registry).filter((source) => source.recognises(folded(document)));
    expect(by.map((source) => source.name)).toEqual([name]);
  });

  it('do not take an event of another for one of Access Analyzer', () => {
    expect(registry.accessanalyzer.recognises(folded(envelope()))).toBe(false);
  });
});
