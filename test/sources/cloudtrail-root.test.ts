import { describe, expect, it } from 'vitest';
import { readEvent } from '#core/sources/read';
import { createAccessKey, root, served, trailEnvelope } from './cloudtrail-record.ts';
import { account, envelope, guarddutyFinding, type Json, sessionKey, userKey } from './guardduty-finding.ts';
import { found, noLists, read } from './read-finding.ts';

const key = `root/${account}`;
const bucket = (overrides: Json = {}, who: Json = {}) =>
  served('s3:CreateBucket', { userIdentity: { ...root, ...who }, ...overrides });
const all = (event: unknown) =>
  readEvent(JSON.stringify(event), { lists: noLists }).map((each) =>
    each.outcome === 'finding'
      ? { type: each.finding.type, key: each.finding.identity.key, id: each.finding.id }
      : each,
  );

describe('what root changes', () => {
  it.each<[string, Json]>([
    ['with a key of its own', { accessKeyId: userKey }],
    ['with a session', { accessKeyId: sessionKey }],
    ['in the console', { accessKeyId: '' }],
    ['under the alias of the account, which is no user (trap 5)', { userName: 'my-company' }],
    ['under the name Root (trap 5)', { userName: 'Root' }],
    ['without a principal id', { principalId: undefined }],
  ])('is news, whatever the service: %s', (_, who) => {
    const finding = found(trailEnvelope(bucket({}, who), { source: 'aws.s3' }));
    expect(finding).toMatchObject({ type: 'Root:APICall', signal: 'blocking', identity: { kind: 'root', key } });
    expect(finding.identity.name).toBeUndefined();
    expect(finding.credential).toEqual(who.accessKeyId ? { accessKeyId: who.accessKeyId } : {});
  });

  it.each<[string, Json]>([
    ['a read', bucket({ eventName: 'LookupEvents', readOnly: true })],
    ['a read, in text', bucket({ readOnly: 'true' })],
    ['a read, by its name', bucket({ eventName: 'ListBuckets', readOnly: undefined })],
    ['a sign-in event that is not listed', served('signin:CredentialChallenge', { userIdentity: root })],
    ['a record that does not name its service', bucket({ eventSource: undefined })],
  ])('but not %s', (_, event) => {
    expect(read(event)).toMatchObject({ outcome: 'ignored' });
  });

  it('is about nobody where its ids contradict each other', () => {
    for (const who of [
      { principalId: '999988887777' },
      { arn: `arn:aws:iam::${account}:user/root` },
      { accessKeyId: '1' },
    ])
      expect(found(bucket({}, who)).identity.kind).toBe('unknown');
  });

  it('is rejected where its account is none', () => {
    expect(read(bucket({ recipientAccountId: '123456789' }))).toMatchObject({ code: 'FIELD_INVALID' });
  });
});

describe('an event of a service that has findings of its own', () => {
  const call = served('guardduty:DeleteDetector');

  it.each<[string, Json]>([
    ['with its kind', { source: 'aws.guardduty' }],
    ['without it, by its shape (trap 7)', { source: 'aws.guardduty', 'detail-type': undefined }],
  ])('is a call where CloudTrail tells it: %s', (_, overrides) => {
    expect(found(trailEnvelope(call, overrides))).toMatchObject({
      source: 'cloudtrail',
      type: 'GuardDuty:DeleteDetector',
    });
  });

  it('is a finding where the service tells it, also without its kind (trap 7)', () => {
    for (const kind of ['GuardDuty Finding', undefined])
      expect(found(envelope(guarddutyFinding(), { 'detail-type': kind }))).toMatchObject({ source: 'guardduty' });
  });

  it('is heard of root on the simulation bus, whatever the service', () => {
    const told = found(trailEnvelope(bucket(), { source: 'rescind.simulated.s3' }));
    expect(told).toMatchObject({ type: 'Root:APICall', simulated: true });
  });
});

describe('what root does to others', () => {
  it('is told of them and of root, each with an id of its own', () => {
    const id = '66666666-7777-4888-8999-000000000000';
    expect(all(createAccessKey({ userIdentity: root }))).toEqual([
      { type: 'IAM:CreateAccessKey/ByOther', key: `user/${account}/alice`, id },
      { type: 'Root:APICall', key, id: `${id}/${key}` },
    ]);
  });

  it('is told of root alone where root is who it is about', () => {
    expect(all(served('cloudtrail:StopLogging', { userIdentity: root }))).toMatchObject([
      { type: 'CloudTrail:StopLogging', key },
    ]);
    const own = createAccessKey({ userIdentity: root, requestParameters: null }, { userName: undefined });
    expect(all(own)).toMatchObject([{ type: 'IAM:CreateAccessKey/BySelf', key }]);
  });

  it('is told of root where it is no news of anybody else', () => {
    const requestParameters = { userName: 'bob', policyArn: 'arn:aws:iam::aws:policy/AWSDenyAll' };
    const deny = served('iam:AttachUserPolicy', { userIdentity: root, requestParameters });
    expect(all(deny)).toMatchObject([{ type: 'Root:APICall', key }]);
  });

  it('is rejected once where nobody may act on it', () => {
    expect(all(createAccessKey({ userIdentity: root, eventID: null }))).toMatchObject([{ outcome: 'rejected' }]);
  });
});

describe('a read of a secret', () => {
  it('is not judged, because who reads it rightly is not known', () => {
    expect(read(served('secretsmanager:GetSecretValue'))).toEqual({
      outcome: 'ignored',
      reason: expect.stringMatching(/who reads which secret.*no rule of ours listens to reads/),
    });
  });
});
