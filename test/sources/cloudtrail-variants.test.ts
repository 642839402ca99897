import { describe, expect, it } from 'vitest';
import { variantOf } from '#core/sources/cloudtrail-variants';
import { fold } from '#core/sources/fold';
import { alice, root, served, sessionOf, signIn } from './cloudtrail-record.ts';
import { account, type Json } from './guardduty-finding.ts';
import { found, read } from './read-finding.ts';

const aws = (name: string) => `arn:aws:iam::aws:policy/${name}`;
const attaching = (policyArn: unknown) =>
  served('iam:AttachUserPolicy', { requestParameters: { userName: 'bob', policyArn } });
const selecting = (requestParameters: Json) => served('cloudtrail:PutEventSelectors', { requestParameters });
const basic = (...eventSelectors: Json[]) => selecting({ trailName: 't', eventSelectors });
const advanced = (...fieldSelectors: Json[]) => selecting({ advancedEventSelectors: [{ name: 'm', fieldSelectors }] });
const management = { field: 'eventCategory', equals: ['Management'] };

describe('a policy that is attached', () => {
  it.each(['AdministratorAccess', 'PowerUserAccess', 'IAMFullAccess'])('is told apart where it is AWS’s %s', (name) => {
    expect(found(attaching(aws(name)))).toMatchObject({ type: 'IAM:AttachUserPolicy/Administrator/ByOther' });
    expect(found(attaching(aws(name).replace('aws:', 'aws-us-gov:')))).toMatchObject({ signal: 'blocking' });
  });

  it.each<[string, unknown]>([
    ['another of AWS', aws('ReadOnlyAccess')],
    ['one of the account by that name', `arn:aws:iam::${account}:policy/AdministratorAccess`],
    ['one whose name only begins so', aws('AdministratorAccess-Amplify')],
    ['no ARN', 7],
    ['none', null],
  ])('is everyday where it is %s', (_, policyArn) => {
    expect(found(attaching(policyArn))).toMatchObject({ type: 'IAM:AttachUserPolicy/ByOther', signal: 'advisory' });
  });

  it.each(['AWSDenyAll', 'AWSCompromisedKeyQuarantine', 'AWSCompromisedKeyQuarantineV3'])(
    'is no news where it only denies: %s',
    (name) => {
      expect(read(attaching(aws(name)))).toEqual({
        outcome: 'ignored',
        reason: expect.stringMatching(/takes access away/),
      });
    },
  );
});

describe('a new version of a policy', () => {
  it.each<[string, Json | null, string]>([
    ['made the default', { policyArn: 'x', setAsDefault: true }, 'finding'],
    ['made the default, in text', { setAsDefault: 'true' }, 'finding'],
    ['kept for later', { setAsDefault: false }, 'ignored'],
    ['of which nothing is said', null, 'ignored'],
  ])('%s', (_, requestParameters, outcome) => {
    expect(read(served('iam:CreatePolicyVersion', { requestParameters })).outcome).toBe(outcome);
  });
});

describe('what a trail records', () => {
  it.each<[string, Json]>([
    ['all', basic({ readWriteType: 'All', includeManagementEvents: true, dataResources: [] })],
    ['all, because nothing is said', basic({ dataResources: [] })],
    ['all beside something else', basic({ includeManagementEvents: false }, { readWriteType: 'All' })],
    ['all, by an advanced selector', advanced(management)],
  ])('is no news while it is %s management events', (_, event) => {
    expect(read(event)).toMatchObject({ outcome: 'ignored', reason: expect.stringMatching(/as it should/) });
  });

  it.each<[string, Json]>([
    ['not', basic({ readWriteType: 'All', includeManagementEvents: false })],
    ['only reads', basic({ readWriteType: 'ReadOnly', includeManagementEvents: true })],
    ['not those of some services', basic({ excludeManagementEventSources: ['kms.amazonaws.com'] })],
    ['no selector', basic()],
    ['no selector at all', selecting({})],
    ['an advanced selector of data', advanced({ field: 'eventCategory', equals: ['Data'] })],
    ['an advanced selector that leaves some out', advanced(management, { field: 'readOnly', equals: ['true'] })],
    ['an advanced selector of another field', advanced({ field: 'eventName', equals: ['Management'] })],
    ['an advanced selector that was never one', advanced({ ...management, equals: ['Management', 'Data'] })],
    ['junk', selecting({ eventSelectors: 'x', advancedEventSelectors: [7, { fieldSelectors: 7 }] })],
  ])('is news where it is %s', (_, event) => {
    expect(found(event)).toMatchObject({ type: 'CloudTrail:PutEventSelectors', signal: 'blocking' });
  });
});

describe('a detector', () => {
  const update = (requestParameters: Json) => read(served('guardduty:UpdateDetector', { requestParameters })).outcome;

  it.each<[string, Json]>([
    ['it is', { enable: false }],
    ['a feature of it is', { enable: true, features: [{ name: 'S3_DATA_EVENTS', status: 'DISABLED' }] }],
    ['a data source of it is', { dataSources: { s3Logs: { enable: false } } }],
    ['a data source of it is, deeper', { dataSources: { kubernetes: { auditLogs: { enable: false } } } }],
  ])('is news where %s turned off', (_, parameters) => {
    expect(update(parameters)).toBe('finding');
  });

  it.each<[string, Json]>([
    ['turned on', { enable: true }],
    ['told to publish more often', { findingPublishingFrequency: 'FIFTEEN_MINUTES' }],
    ['given a feature', { features: [{ name: 'S3_DATA_EVENTS', status: 'ENABLED' }, 7] }],
  ])('is no news where it is %s', (_, parameters) => {
    expect(update(parameters)).toBe('ignored');
  });
});

describe('a sign-in to the console', () => {
  const withMfa = { additionalEventData: { MFAUsed: 'Yes' } };
  const user = { ...alice, accessKeyId: undefined };

  it.each<[string, Json, string]>([
    ['root, whose key id is blank (trap 5)', signIn({ ...root, accessKeyId: '' }), 'SignIn:ConsoleLogin/Root'],
    ['root with MFA', signIn(root, withMfa), 'SignIn:ConsoleLogin/Root'],
    ['root with a name (trap 5)', signIn({ ...root, userName: 'AWS ROOT USER' }), 'SignIn:ConsoleLogin/Root'],
    ['a user without MFA', signIn(user), 'SignIn:ConsoleLogin/WithoutMFA'],
    [
      'a user of whose MFA nothing is said',
      signIn(user, { additionalEventData: null }),
      'SignIn:ConsoleLogin/WithoutMFA',
    ],
  ])('is news where it is that of %s', (_, event, type) => {
    expect(found(event)).toMatchObject({ type, credential: {} });
  });

  it.each<[string, Json]>([
    [
      'failed, of a user that does not exist (trap 10)',
      signIn(
        { ...user, userName: 'HIDDEN_DUE_TO_SECURITY_REASONS' },
        { responseElements: { ConsoleLogin: 'Failure' }, errorMessage: 'No username found in supplied account' },
      ),
    ],
    [
      'failed, of root',
      signIn(root, { responseElements: { ConsoleLogin: 'Failure' }, errorMessage: 'Failed authentication' }),
    ],
    ['does not say that it succeeded', signIn(user, { responseElements: null })],
    ['has MFA', signIn(user, withMfa)],
    ['is that of a role, without an issuer (trap 3)', signIn(sessionOf('web', { sessionContext: undefined }))],
    [
      'is that of an Identity Center user (trap 26)',
      signIn({
        type: 'IdentityCenterUser',
        accountId: account,
        onBehalfOf: { userId: '1234567890-9b9b9b9b-1234-4123-8123-123456789012' },
      }),
    ],
    [
      'is a change of role',
      served('signin:SwitchRole', { userIdentity: root, responseElements: { SwitchRole: 'Success' } }),
    ],
    ['asks for a code', served('signin:CheckMfa', { userIdentity: root, responseElements: { CheckMfa: 'Success' } })],
  ])('is no news where it %s', (_, event) => {
    expect(read(event)).toMatchObject({ outcome: 'ignored' });
  });

  it.each(['PasswordUpdated', 'PasswordRecoveryCompleted'])('of root may also be told by %s', (name) => {
    const told = (userIdentity: Json, answer: string) =>
      read(served(`signin:${name}`, { userIdentity, responseElements: { [name]: answer } }));
    expect(told(root, 'Success')).toMatchObject({ finding: { type: `SignIn:${name}/Root`, signal: 'blocking' } });
    expect(told(root, 'Failure').outcome).toBe('ignored');
    expect(told(alice, 'Success').outcome).toBe('ignored');
  });
});

describe('a call that has no variants', () => {
  it.each(['StopLogging', 'constructor', '__proto__'])('has none: %s', (name) => {
    expect(variantOf(name, fold(served(`cloudtrail:${name}`)).folded as never)).toEqual({ variant: undefined });
  });
});
