import { describe, expect, it } from 'vitest';
import { alice, createAccessKey, root, served, sessionOf, trailEnvelope } from './cloudtrail-record.ts';
import { account, type Json } from './guardduty-finding.ts';
import { found, read } from './read-finding.ts';

const stop = (overrides: Json = {}) => served('cloudtrail:StopLogging', overrides);
const put = (overrides: Json = {}) =>
  served('iam:PutUserPolicy', { requestParameters: { userName: 'bob' }, ...overrides });
const other = '999988887777';

describe('a call that changed nothing', () => {
  it.each<[string, Json]>([
    ['it failed', stop({ errorCode: 'AccessDenied', errorMessage: 'not authorized' })],
    [
      'it failed, and its target is only in the text (trap 10)',
      put({ errorCode: 'AccessDenied', requestParameters: null, errorMessage: 'on resource: user bob' }),
    ],
    ['root failed', served('s3:CreateBucket', { userIdentity: root, errorCode: 'BucketAlreadyExists' })],
  ])('is ignored: %s', (_, event) => {
    expect(read(event)).toEqual({ outcome: 'ignored', reason: expect.stringMatching(/nothing was changed/) });
  });
});

describe('a call by a service', () => {
  it.each<[string, Json]>([
    [
      'the service itself, without ids (trap 12)',
      stop({ userIdentity: { type: 'AWSService', invokedBy: 'config.amazonaws.com' } }),
    ],
    ['a service for a role', put({ userIdentity: sessionOf('deploy', { invokedBy: 'cloudformation.amazonaws.com' }) })],
    ['AWS for a user (trap 12)', stop({ userIdentity: { ...alice, invokedBy: 'AWS Internal' } })],
    [
      'AWS for a user, as it was once written (trap 12)',
      stop({ userIdentity: { ...alice, invokedBy: 'AWS Internal;' } }),
    ],
    ['AWS for root', served('s3:CreateBucket', { userIdentity: { ...root, invokedBy: 'AWS Internal' } })],
    ['an event of a service', stop({ eventType: 'AwsServiceEvent' })],
  ])('is ignored: %s', (_, event) => {
    expect(read(event)).toEqual({ outcome: 'ignored', reason: 'an AWS service made the call' });
  });

  it('is told where it made a key, which is one more way in', () => {
    const userIdentity = { ...alice, userName: 'bob', arn: undefined, invokedBy: 'cloudformation.amazonaws.com' };
    expect(found(createAccessKey({ userIdentity }))).toMatchObject({
      type: 'IAM:CreateAccessKey/ByOther',
      credential: {},
    });
  });

  it('is not what a person did in the console, as older records put it', () => {
    expect(found(stop({ userIdentity: { ...alice, invokedBy: 'signin.amazonaws.com' } })).identity.name).toBe('alice');
  });
});

describe('a call by a role of our own', () => {
  const ours = (name: string, overrides: Json = {}) => sessionOf(`rescind-eu-central-1-${name}`, overrides);
  const putRole = { requestParameters: { roleName: 'web' } };

  it.each<[string, Json]>([
    ['contain, a deny on a user', put({ userIdentity: ours('contain') })],
    ['contain, a deny on a role', served('iam:PutRolePolicy', { ...putRole, userIdentity: ours('contain') })],
    ['rotate, a key', createAccessKey({ userIdentity: ours('rotate') })],
  ])('is accounted for by its records, and starts no loop: %s', (_, event) => {
    expect(read(event)).toEqual({ outcome: 'ignored', reason: expect.stringMatching(/a role of our own/) });
    expect(read(trailEnvelope(event)).outcome).toBe('ignored');
  });

  it.each<[string, Json]>([
    ['a step that it is not there for', put({ userIdentity: ours('rotate') })],
    [
      'a call that contain never makes',
      served('iam:AttachUserPolicy', { requestParameters: { userName: 'bob' }, userIdentity: ours('contain') }),
    ],
    ['logging stopped by it', stop({ userIdentity: ours('contain') })],
    ['a name that only ends so', put({ userIdentity: sessionOf('evil-rescind-eu-central-1-contain') })],
    ['a session that is no role’s', put({ userIdentity: { ...ours('contain'), type: 'FederatedUser' } })],
    ['a role with a path', put({ userIdentity: sessionOf('x/rescind-eu-central-1-contain') })],
    [
      'a user of that name',
      put({ userIdentity: { ...alice, userName: 'rescind-eu-central-1-contain', arn: undefined } }),
    ],
  ])('is news where it is %s', (_, event) => {
    expect(read(event).outcome).toBe('finding');
  });
});

describe('the accounts of a record', () => {
  it.each<[string, Json]>([
    ['the caller’s is another', stop({ userIdentity: { ...alice, accountId: other } })],
    ['the envelope’s is another', trailEnvelope(stop(), { account: other, source: 'aws.cloudtrail' })],
    [
      'a change in IAM comes from another',
      put({ userIdentity: { type: 'AWSAccount', accountId: other, principalId: 'AROAX' } }),
    ],
  ])('clash where %s', (_, event) => {
    expect(read(event)).toMatchObject({ outcome: 'rejected', code: 'ACCOUNT_CLASH' });
  });

  it('may differ where another account called: then the record is that of whom it was done to (trap 11)', () => {
    const userIdentity = { type: 'AWSAccount', accountId: other, principalId: 'AROA1111222233334444A:s' };
    expect(found(stop({ userIdentity, sharedEventID: 'x' }))).toMatchObject({
      account,
      identity: { kind: 'external', key: `external/${other}` },
    });
  });

  it.each<[string, Json, string]>([
    ['nine digits (trap 21)', { recipientAccountId: '123456789' }, 'FIELD_INVALID'],
    ['a placeholder (trap 21)', { recipientAccountId: '<ACCOUNT_ID>' }, 'FIELD_INVALID'],
    ['no service', { eventSource: null }, 'FIELD_MISSING'],
    ['no id', { eventID: '' }, 'FIELD_MISSING'],
    ['an id that would end a key', { eventID: 'a#b' }, 'FIELD_INVALID'],
    ['a Region that is none', { awsRegion: 'mars' }, 'FIELD_INVALID'],
    ['no time', { eventTime: null }, 'FIELD_MISSING'],
  ])('and its other parts are rejected as %s', (_, overrides, code) => {
    expect(read(stop(overrides))).toMatchObject({ outcome: 'rejected', code });
  });

  it.each(['2026-08-20 09:50:00', '2026-08-20 09:50:00.000000000', '2026-08-20t09:50:00z'.replace('t', 'T')])(
    'its time is read as %s (trap 21)',
    (eventTime) => {
      expect(found(stop({ eventTime })).observedAt).toBe('2026-08-20T09:50:00.000Z');
    },
  );
});
