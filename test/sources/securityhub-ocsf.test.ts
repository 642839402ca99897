import { describe, expect, it } from 'vitest';
import { account, type Json, roleId, sessionKey, userId, userKey } from './guardduty-finding.ts';
import { found } from './read-finding.ts';
import { ocsfControl, ocsfEvent, ocsfSeen, ocsfUser, role, secretArn, user } from './securityhub-event.ts';

const alice = `user/${account}/alice`;
const unknownKey = 'unknown/securityhub/acme/watch/partner-finding-1';
const about = (...resources: Json[]) => found(ocsfEvent(ocsfSeen(resources)));
const key = (overrides: Json = {}): Json => ({
  type: 'AWS::IAM::AccessKey',
  uid: userKey,
  owner: { account: { uid: account } },
  ...overrides,
});

describe('securityhub, OCSF: the identity of a resource', () => {
  it.each<[string, Json, Json]>([
    ['a user by uid_alt (trap 16)', ocsfUser(), { kind: 'iam-user', key: alice, uniqueId: userId }],
    ['a user by uid', ocsfUser({ uid: user('alice'), uid_alt: undefined }), { kind: 'iam-user', key: alice }],
    [
      'a user by name',
      ocsfUser({ uid_alt: undefined, name: 'alice' }),
      { kind: 'iam-user', key: alice, uniqueId: userId },
    ],
    ['a user by the name of ASFF', ocsfUser({ type: 'AwsIamUser' }), { kind: 'iam-user', key: alice }],
    [
      'a role',
      { type: 'AWS::IAM::Role', uid: roleId, uid_alt: role('web-server') },
      { kind: 'iam-role', key: `role/${account}/web-server`, uniqueId: roleId },
    ],
    [
      'a secret',
      { type: 'AWS::SecretsManager::Secret', uid: secretArn },
      { kind: 'secret', key: `secret/${account}/eu-central-1/db/login` },
    ],
    [
      'a key whose user stands in user.name (trap 23)',
      key({ user: { name: 'alice' } }),
      { kind: 'iam-user', key: alice, aliases: [`access-key/${userKey}`, alice] },
    ],
    [
      'a key whose user stands in its data (trap 23)',
      key({
        name: 'alice',
        data: { access_key_id: userKey, principal_id: userId, user_name: 'alice', user_type: 'IAMUser' },
      }),
      { kind: 'iam-user', key: alice, uniqueId: userId },
    ],
    [
      'a key of a session',
      key({
        uid: sessionKey,
        data: { access_key_id: sessionKey, principal_id: `${roleId}:s1`, user_name: 'web', user_type: 'AssumedRole' },
      }),
      { kind: 'role-session', key: `role/${account}/web`, session: 's1', uniqueId: roleId },
    ],
    [
      'a temporary key with a name, which need not be a user',
      key({ uid: sessionKey, user: { name: 'alice' } }),
      { kind: 'unknown', key: `access-key/${sessionKey}`, aliases: [`access-key/${sessionKey}`] },
    ],
    [
      'a key with the name of root (trap 5)',
      key({ user: { name: 'Root' } }),
      { kind: 'unknown', key: `access-key/${userKey}`, aliases: [`access-key/${userKey}`] },
    ],
    [
      'a key with the name of the resource alone',
      key({ name: 'alice' }),
      { kind: 'unknown', key: `access-key/${userKey}` },
    ],
  ])('is that of %s', (_, resource, identity) => {
    expect(about(resource).identity).toMatchObject(identity);
  });

  it.each<[string, Json]>([
    [
      'a key that its data tells otherwise (trap 23)',
      key({ data: { access_key_id: 'AKIA9999888877776666' }, user: { name: 'alice' } }),
    ],
    ['two ARNs', ocsfUser({ uid: user('bob') })],
    ['a user with the id of a role', ocsfUser({ uid: roleId })],
    ['a user without a name', ocsfUser({ uid_alt: undefined })],
  ])('is left to a person: %s', (_, resource) => {
    expect(about(resource).identity).toEqual({ kind: 'unknown', key: unknownKey, aliases: [unknownKey] });
  });
});

describe('securityhub, OCSF: a control', () => {
  it('on the account that asks for root is about root (trap 23)', () => {
    const finding = ocsfControl('IAM.4', { resources: [{ type: 'AWS::::Account', uid: account }] });
    expect(found(ocsfEvent(finding))).toMatchObject({ type: 'IAM.4', signal: 'blocking', identity: { kind: 'root' } });
  });

  it('is known by the id of the finding where its compliance does not tell it', () => {
    expect(found(ocsfEvent(ocsfControl('IAM.3', { compliance: { status_id: 3 } }))).type).toBe('IAM.3');
  });
});

describe('securityhub, OCSF: the rest', () => {
  it.each([
    [1, 0],
    [2, 1],
    [3, 4],
    [4, 7],
    [5, 9],
    [6, 10],
    [0, 0],
    [99, 0],
    ['4', 0],
  ])('severity %j is %d', (severity_id, severity) => {
    expect(found(ocsfEvent(ocsfControl('IAM.3', { severity_id }))).severity).toBe(severity);
  });

  it('that has no severity asks', () => {
    expect(found(ocsfEvent(ocsfSeen([ocsfUser()], { severity_id: 0 }))).signal).toBe('blocking');
  });

  it.each<[string, Json]>([
    ['milliseconds', { last_seen_time: 1787218200000 }],
    ['text', { last_seen_time_dt: '2026-08-20T09:30:00.000Z' }],
    ['another time than the last', { created_time: 1787218200 }],
  ])('tells its time in %s', (_, times) => {
    const finding = ocsfControl('IAM.3', { finding_info: { uid: 'x/finding/1', ...times } });
    expect(found(ocsfEvent(finding)).observedAt).toBe('2026-08-20T09:30:00.000Z');
  });

  it.each<[string, Json]>([
    ['the owner', ocsfUser()],
    ['the resource', ocsfUser({ owner: undefined, account: { uid: account } })],
  ])('takes its account from %s where the cloud tells none', (_, resource) => {
    expect(found(ocsfEvent(ocsfSeen([resource], { cloud: {} }))).account).toBe(account);
  });

  it('names its product also where it never went through Security Hub', () => {
    const finding = ocsfSeen([ocsfUser()], { metadata: { product: { name: 'Prowler', uid: 'prowler' } } });
    expect(found(finding).id).toBe('prowler/partner-finding-1');
  });
});
