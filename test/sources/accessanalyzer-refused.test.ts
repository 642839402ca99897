import { describe, expect, it } from 'vitest';
import {
  bucketArn,
  event,
  external,
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
import type { Json } from './guardduty-finding.ts';
import { found, read } from './read-finding.ts';

const roleKey = `role/${owner}/report-writer`;

describe('accessanalyzer: what is ignored', () => {
  it.each<[string, Json, RegExp]>([
    ['RESOLVED', external({ status: 'RESOLVED' }), /^resolved/],
    ['ARCHIVED', unused({ status: 'ARCHIVED' }), /^archived/],
    ['a deleted finding, whose status stays ACTIVE', external({ isDeleted: true }), /^deleted/],
    ['a bucket', external({ resource: bucketArn, resourceType: 'AWS::S3::Bucket' }), /no identity/],
    [
      'a bucket in an error',
      external({ resource: bucketArn, resourceType: 'AWS::S3::Bucket', error: 'x' }),
      /no identity/,
    ],
    ['a KMS key', listed({ resource: 'arn:aws:kms:x', resourceType: 'AWS::KMS::Key' }), /no identity/],
    ['a type that only a prototype knows', external({ resourceType: 'constructor' }), /no identity/],
    ['a queue, whatever else is broken', listed({ resourceType: 'AWS::SQS::Queue', id: 7 }), /no identity/],
    ['an error of internal access', internal({ error: 'ACCESS_DENIED', principal: undefined }), /^an error/],
    ['a finding of an access preview', { ...listed(), changeType: 'NEW' }, /^an access preview/],
    [
      'an access preview',
      { accessPreviewId: id, configuredResources: [bucketArn], status: 'CREATING' },
      /^an access preview/,
    ],
    [
      'the event of an access preview',
      event('Access Preview State Change', { accessPreviewId: id, status: 'COMPLETED' }),
      /reads this kind of event/,
    ],
    [
      'the trust of a role that IAM Identity Center made (trap 14)',
      external({
        resource: `arn:aws:iam::${owner}:role/aws-reserved/sso.amazonaws.com/eu-central-1/AWSReservedSSO_Admin_0123456789abcdef`,
        principal: { Federated: `arn:aws:iam::${owner}:saml-provider/AWSSSO_0123456789abcdef_DO_NOT_DELETE` },
      }),
      /Identity Center/,
    ],
    ['a source with a name like it (traps 15 and 20)', external({}, { source: 'aws.access-analyzer-test' }), /test\)$/],
  ])('is %s', (_, given, reason) => {
    expect(read(given)).toEqual({ outcome: 'ignored', reason: expect.stringMatching(reason) });
  });

  it('is not an unused role of IAM Identity Center', () => {
    const resource = `arn:aws:iam::${owner}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef`;
    expect(found(unused({ resource })).signal).toBe('advisory');
  });
});

describe('accessanalyzer: what is rejected', () => {
  it.each<[string, string, Json]>([
    ['FIELD_MISSING', 'id', external({ id: '' })],
    ['FIELD_MISSING', 'id', unused({ findingId: null })],
    ['FIELD_MISSING', 'status', external({ status: undefined })],
    ['FIELD_MISSING', 'resource', listed({ resource: undefined })],
    ['FIELD_MISSING', 'resourceType', external({ resourceType: null })],
    ['FIELD_MISSING', 'findingType', unused({ findingType: undefined })],
    ['FIELD_MISSING', 'principal', internal({ principal: undefined })],
    ['FIELD_MISSING', 'updatedAt', external({ updatedAt: '', analyzedAt: '', createdAt: '' }, { time: undefined })],
    ['FIELD_INVALID', 'id', external({ id: 'a#b' })],
    ['FIELD_INVALID', 'id', external({ id: { x: 1 } })],
    ['FIELD_INVALID', 'status', external({ status: 'OPEN' })],
    ['FIELD_INVALID', 'findingType', external({ findingType: 'External Access' })],
    ['FIELD_INVALID', 'findingType', external({ findingType: ['ExternalAccess'] })],
    ['FIELD_INVALID', 'resource', external({ resource: `arn:aws:iam::${owner}:role/*` })],
    ['FIELD_INVALID', 'resource', external({ resource: 'arn:aws:iam::<ACCOUNT_ID>:role/x' })],
    ['FIELD_INVALID', 'resource', external({ resource: 7 })],
    [
      'FIELD_INVALID',
      'resource',
      external({ resource: secretArn.slice(0, -7), resourceType: 'AWS::SecretsManager::Secret' }),
    ],
    ['FIELD_INVALID', 'principal', internal({ principal: { AWS: owner } })],
    ['FIELD_INVALID', 'principal', internal({ principal: { AWS: roleArn, Federated: 'x' } })],
    ['FIELD_INVALID', 'principal', internal({ principal: [roleArn, userArn] })],
    ['FIELD_INVALID', 'accountId', external({ accountId: '123456789' })],
    ['FIELD_INVALID', 'accountId', external({ accountId: 111122223333 })],
    ['FIELD_INVALID', 'account of the envelope', external({}, { account: '<ACCOUNT_ID>' })],
    ['FIELD_INVALID', 'region', external({ region: 'nowhere' })],
    ['FIELD_INVALID', 'region', external({}, { region: 'eu-central-1/..' })],
    ['FIELD_INVALID', 'updatedAt', listed({ updatedAt: { year: 2026 }, analyzedAt: 'soon', createdAt: null })],
    [
      'FIELD_INVALID',
      'accessKeyId',
      listedV2({
        findingType: 'UnusedIAMUserAccessKey',
        resource: userArn,
        resourceType: 'AWS::IAM::User',
        findingDetails: [{ unusedIamUserAccessKeyDetails: { accessKeyId: 'ASIA1111222233334444' } }],
      }),
    ],
    ['AMBIGUOUS', 'id and findingId', unused({ id: 'another' })],
  ])('%s names %s and the remedy: %j', (code, field, given) => {
    expect(read(given)).toEqual({
      outcome: 'rejected',
      code,
      message: expect.stringMatching(new RegExp(`^${field} [^\\n]+: hand over .+$`)),
    });
  });

  it('is not a policy whose author wrote a condition key in two casings', () => {
    const condition = { 'aws:PrincipalOrgID': 'o-1', 'aws:principalorgid': 'o-2' };
    for (const given of [external({ condition }), listed({ condition }), { finding: listed({ condition }) }])
      expect(found(given).identity.key).toBe(roleKey);
    expect(read(external({ Resource: userArn }))).toMatchObject({ outcome: 'rejected', code: 'AMBIGUOUS' });
  });
});
