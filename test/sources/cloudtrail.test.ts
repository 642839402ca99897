import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cloudtrail } from '#core/sources/cloudtrail';
import { fold } from '#core/sources/fold';
import { mayOpen, patternsFor, readEvent } from '#core/sources/read';
import { alice, createAccessKey, newKey, served, sessionOf, trailEnvelope } from './cloudtrail-record.ts';
import { account, guarddutyFinding, type Json, userId, userKey } from './guardduty-finding.ts';
import { found, noLists, read } from './read-finding.ts';

const user = `user/${account}/alice`;
const own = `access-key/${newKey}`;

describe('a key that a user makes for itself', () => {
  it.each<[string, unknown]>([
    ['as EventBridge sends it', trailEnvelope()],
    ['as a bare record', createAccessKey()],
    ['over the simulation bus', trailEnvelope(createAccessKey(), { source: 'rescind.simulated.iam' })],
  ])('is a finding that names the new key, and joins on user, new key and the key that made it (%s)', (_, event) => {
    expect(found(event)).toMatchObject({
      source: 'cloudtrail',
      id: '66666666-7777-4888-8999-000000000000',
      type: 'IAM:CreateAccessKey/BySelf',
      signal: 'advisory',
      account,
      region: 'us-east-1',
      observedAt: '2026-08-20T09:50:00.000Z',
      simulated: JSON.stringify(event).includes('rescind.simulated.iam'),
      identity: {
        kind: 'iam-user',
        key: user,
        name: 'alice',
        uniqueId: userId,
        aliases: [`access-key/${userKey}`, own, user].toSorted(),
      },
      credential: { accessKeyId: newKey },
    });
  });

  it('is told the same where the call names nobody, as IAM then takes the caller', () => {
    for (const requestParameters of [null, {}, { userName: null }])
      expect(found(createAccessKey({ requestParameters }))).toMatchObject({
        type: 'IAM:CreateAccessKey/BySelf',
        identity: { key: user },
      });
  });

  it.each<[string, Json]>([
    [
      'a session that the user took',
      { ...alice, accessKeyId: 'ASIA5555666677778888', sessionContext: { sessionIssuer: {} } },
    ],
    [
      'a federated session that the user issued',
      {
        type: 'FederatedUser',
        principalId: `${account}:bob`,
        arn: `arn:aws:sts::${account}:federated-user/bob`,
        accountId: account,
        accessKeyId: 'ASIA5555666677778888',
        sessionContext: {
          sessionIssuer: {
            type: 'IAMUser',
            principalId: userId,
            arn: alice.arn,
            accountId: account,
            userName: 'alice',
          },
        },
      },
    ],
    ['a user with a path', { ...alice, arn: `arn:aws:iam::${account}:user/team/a/alice` }],
  ])('is the same when made with %s', (_, userIdentity) => {
    expect(found(createAccessKey({ userIdentity }))).toMatchObject({
      type: 'IAM:CreateAccessKey/BySelf',
      identity: { key: user, uniqueId: userId },
      credential: { accessKeyId: newKey },
    });
  });

  it('contains at once only where the team has listed it', () => {
    const [reading] = readEvent(JSON.stringify(createAccessKey()), {
      lists: { ...noLists, immediate: ['IAM:CreateAccessKey/BySelf'] },
    });
    expect(reading).toMatchObject({ finding: { signal: 'immediate' } });
  });
});

describe('a key that somebody else makes for a user', () => {
  it.each<[string, Json]>([
    ['another user', { ...alice, userName: 'bob', arn: `arn:aws:iam::${account}:user/bob` }],
    ['a role', sessionOf('admin')],
    ['root', { type: 'Root', principalId: account, arn: `arn:aws:iam::${account}:root`, accountId: account }],
    ['a service', { type: 'AWSService', invokedBy: 'cloudformation.amazonaws.com' }],
    ['nobody that the record names', {}],
    ['a caller whose ARN is not its name', { ...alice, arn: `arn:aws:iam::${account}:user/bob` }],
    ['a caller whose ARN only ends like its name', { ...alice, arn: `arn:aws:iam::${account}:user/malice` }],
    ['a caller whose ARN is of another account', { ...alice, arn: 'arn:aws:iam::999988887777:user/alice' }],
    ['a caller whose ARN is a role', { ...alice, arn: `arn:aws:iam::${account}:role/alice` }],
    ['a caller with the id of a role', { ...alice, principalId: 'AROA1111222233334444A' }],
  ])('names no credential, because it may be how service is restored (%s)', (_, userIdentity) => {
    expect(found(createAccessKey({ userIdentity }))).toMatchObject({
      type: 'IAM:CreateAccessKey/ByOther',
      signal: 'advisory',
      identity: { kind: 'iam-user', key: user, aliases: [own, user] },
      credential: {},
    });
  });
});

describe('a record whose parts contradict each other', () => {
  it.each<[string, Json, Json]>([
    ['the answer names another user than the call', {}, { userName: 'bob' }],
    ['the call names nobody and the answer not the caller', { requestParameters: null }, { userName: 'bob' }],
    [
      'neither names a user and the caller is none',
      { requestParameters: null, userIdentity: sessionOf('admin') },
      { userName: undefined },
    ],
    ['the name cannot be one', { requestParameters: { userName: 'a/b' } }, { userName: 'a/b' }],
    ['the name is no text', { requestParameters: { userName: 7 } }, { userName: 7 }],
    [
      'the name stands for nobody',
      { requestParameters: { userName: 'HIDDEN_DUE_TO_SECURITY_REASONS' } },
      { userName: undefined },
    ],
  ])('names nobody, and no credential: %s', (_, overrides, made) => {
    expect(found(createAccessKey(overrides, made))).toMatchObject({
      identity: { kind: 'unknown', key: 'unknown/cloudtrail/66666666-7777-4888-8999-000000000000' },
      credential: {},
    });
  });

  it.each<[string, unknown]>([
    ['the caller is of another account', createAccessKey({ userIdentity: { ...alice, accountId: '999988887777' } })],
    ['the envelope is of another account', trailEnvelope(createAccessKey(), { account: '999988887777' })],
  ])('is rejected: %s', (_, event) => {
    expect(read(event)).toMatchObject({ outcome: 'rejected', code: 'ACCOUNT_CLASH' });
  });

  it.each<[string, Json, Json, string]>([
    ['no new key', { responseElements: null }, {}, 'FIELD_MISSING'],
    ['a new key that is none', {}, { accessKeyId: 'ABCDEFG' }, 'FIELD_INVALID'],
    ['a new key that is a session', {}, { accessKeyId: 'ASIA5555666677778888' }, 'FIELD_INVALID'],
    ['an account that is none', { recipientAccountId: '123456789' }, {}, 'FIELD_INVALID'],
    ['no account at all', { recipientAccountId: null, userIdentity: {} }, {}, 'FIELD_MISSING'],
    ['no id', { eventID: undefined }, {}, 'FIELD_MISSING'],
    ['an id with a line break', { eventID: 'a\nb' }, {}, 'FIELD_INVALID'],
    ['a Region that is none', { awsRegion: 'mars' }, {}, 'FIELD_INVALID'],
    ['no time', { eventTime: 'yesterday' }, {}, 'FIELD_MISSING'],
  ])('is rejected: %s', (_, overrides, made, code) => {
    expect(read(createAccessKey(overrides, made))).toMatchObject({ outcome: 'rejected', code });
  });
});

describe('a key of root', () => {
  it('is told as root, which no action touches', () => {
    const userIdentity = {
      type: 'Root',
      principalId: account,
      arn: `arn:aws:iam::${account}:root`,
      accountId: account,
    };
    expect(found(createAccessKey({ userIdentity, requestParameters: null }, { userName: undefined }))).toMatchObject({
      identity: { kind: 'root', key: `root/${account}` },
    });
  });
});

describe('what is ignored, with the reason', () => {
  it.each<[string, unknown, RegExp]>([
    ['another call', createAccessKey({ eventName: 'UpdateAccessKey' }), /are read \(this is UpdateAccessKey\)/],
    ['another call in its envelope', trailEnvelope(createAccessKey({ eventName: 'CreateUser' })), /CreateUser/],
    [
      'a call of that name to another service',
      createAccessKey({ eventSource: 'lightsail.amazonaws.com' }),
      /this is CreateAccessKey/,
    ],
    ['a call whose name is hostile', createAccessKey({ eventName: 'x\u001b[2J' }), /are read$/],
    ['a call whose name is one of every object', createAccessKey({ eventName: 'constructor' }), /constructor/],
    ['a refused call', createAccessKey({ errorCode: 'AccessDenied', responseElements: null }), /nothing was changed/],
    ['our own rotate step', createAccessKey({ userIdentity: sessionOf('rescind-eu-central-1-rotate') }), /our own/],
    [
      'our own rotation function',
      createAccessKey({ userIdentity: sessionOf('rescind-us-gov-west-1-rotation') }),
      /our own/,
    ],
    [
      'a record with the other casing',
      { eventname: 'PutBucketTagging', eventsource: 's3.amazonaws.com', useridentity: {} },
      /PutBucketTagging/,
    ],
  ])('%s', (_, event, reason) => {
    expect(read(event)).toEqual({ outcome: 'ignored', reason: expect.stringMatching(reason) });
  });

  it.each<[string, Json]>([
    ['a name that only begins so', sessionOf('rescind-eu-central-1-rotate-evil')],
    ['a name that only ends so', sessionOf('evil-rescind-eu-central-1-rotate')],
    ['another of our roles', sessionOf('rescind-eu-central-1-contain')],
    ['a role with a path', sessionOf('x/rescind-eu-central-1-rotate')],
    ['a user of that name', { ...alice, userName: 'rescind-eu-central-1-rotate', arn: undefined }],
    [
      'a session whose issuer is of another account',
      sessionOf('x', {
        sessionContext: {
          sessionIssuer: { type: 'Role', arn: 'arn:aws:iam::999988887777:role/rescind-eu-central-1-rotate' },
        },
      }),
    ],
  ])('but not what only looks like our own rotator: %s', (_, userIdentity) => {
    expect(read(createAccessKey({ userIdentity }))).toMatchObject({ finding: { type: 'IAM:CreateAccessKey/ByOther' } });
  });
});

describe('two spellings of one key', () => {
  it.each<[string, Json]>([
    ['elsewhere in the record', { requestParameters: { userName: 'alice', tagging: [''], Tagging: {} } }],
    [
      'in another call altogether',
      { eventName: 'PutBucketTagging', requestParameters: { tagging: [''], Tagging: {} } },
    ],
  ])('do not matter %s', (_, overrides) => {
    for (const event of [createAccessKey(overrides), trailEnvelope(createAccessKey(overrides))])
      expect(read(event).outcome).not.toBe('rejected');
  });

  it.each<[string, Json]>([
    ['the user', { requestParameters: { userName: 'alice', username: 'bob' } }],
    ['the whole call', { requestparameters: { userName: 'bob' } }],
    ['the caller', { userIdentity: { ...alice, UserName: 'bob' } }],
    ['the new key', { responseElements: { accessKey: { accessKeyId: newKey, AccessKeyId: 'AKIA0000000000000000' } } }],
    ['the name of the call', { eventname: 'GetUser' }],
    ['the outcome', { errorCode: '', errorcode: 'AccessDenied' }],
  ])('are refused where they are read: %s', (_, overrides) => {
    for (const event of [createAccessKey(overrides), trailEnvelope(createAccessKey(overrides))])
      expect(read(event)).toMatchObject({ outcome: 'rejected', code: 'AMBIGUOUS' });
  });

  it('are refused around the record', () => {
    expect(read(trailEnvelope(createAccessKey(), { Account: '999988887777' }))).toMatchObject({ code: 'AMBIGUOUS' });
  });
});

describe('the source', () => {
  it('listens on the simulation bus to the same calls', () => {
    expect(patternsFor(cloudtrail, true)).toEqual(
      cloudtrail.patterns.map((pattern) => ({
        ...pattern,
        source: JSON.parse(JSON.stringify(pattern.source).replaceAll('"aws.', '"rescind.simulated.')),
      })),
    );
  });

  it.each<[string, Json, boolean]>([
    ['a record', createAccessKey(), true],
    ['one of another service', served('s3:PutBucketTagging'), true],
    ['a rotation, which a source of its own reads (trap 22)', served('secretsmanager:RotationFailed'), false],
    ['another event of Secrets Manager', served('secretsmanager:GetSecretValue'), true],
    ['a finding of GuardDuty', guarddutyFinding(), false],
    ['nothing', {}, false],
  ])('knows its records: %s', (_, document, expected) => {
    expect(cloudtrail.recognises(fold(document).folded)).toBe(expected);
  });

  it('opens no case by itself, and leaves that of others alone', () => {
    expect(mayOpen(found(createAccessKey()))).toBe(false);
    expect(mayOpen(found(guarddutyFinding({ type: 'Recon:IAMUser/TorIPCaller', severity: 2 })))).toBe(true);
    expect(mayOpen({ ...found(createAccessKey()), signal: 'immediate' })).toBe(true);
  });

  it('never throws, whatever stands in place of any part of a record', () => {
    const parts = fc.constantFrom(...Object.keys(createAccessKey()));
    fc.assert(
      fc.property(parts, fc.jsonValue(), (part, value) => {
        for (const event of [createAccessKey({ [part]: value }), trailEnvelope(createAccessKey({ [part]: value }))])
          expect(['finding', 'ignored', 'rejected']).toContain(read(event).outcome);
      }),
    );
  });
});
