import { describe, expect, it } from 'vitest';
import { account, type Json, userId, userKey } from './guardduty-finding.ts';
import { found, read } from './read-finding.ts';
import {
  accessKey,
  accountResource,
  control,
  event,
  hidden,
  iamUser,
  role,
  secretArn,
  seen,
  user,
} from './securityhub-event.ts';

const alice = `user/${account}/alice`;
const web = `role/${account}/web-server`;
const about = (...Resources: Json[]) => found(event([seen({ Resources })]));
const aliceKey = { AccessKeyId: userKey, PrincipalId: userId, PrincipalName: 'alice', PrincipalType: 'IAMUser' };

describe('securityhub: the identity among several resources', () => {
  it('is one where a user and its key are told', () => {
    expect(about(iamUser(), accessKey(aliceKey))).toMatchObject({
      identity: { kind: 'iam-user', key: alice, arn: user('alice'), aliases: [`access-key/${userKey}`, alice] },
      credential: { accessKeyId: userKey },
    });
  });

  it('is one where a key is told twice, once with its user', () => {
    const alone = accessKey(null, { Id: `AWS::IAM::AccessKey:${userKey}` });
    expect(about(alone, accessKey(aliceKey)).identity.key).toBe(alice);
  });

  it('names no key where a user has two', () => {
    const second = accessKey({ ...aliceKey, AccessKeyId: 'AKIA9999888877776666' });
    expect(about(accessKey(aliceKey), second).credential).toEqual({});
  });

  it('is a session before its role', () => {
    const sessionArn = `arn:aws:sts::${account}:assumed-role/web-server/s1`;
    const both = about({ Type: 'AwsIamRole', Id: role('web-server') }, { Type: 'AwsIamRole', Id: sessionArn });
    expect(both.identity).toMatchObject({ kind: 'role-session', key: web, session: 's1' });
  });

  it('is who acted, not whom it was done to', () => {
    const target = { Type: 'AwsIamRole', Id: role('decoy'), ResourceRole: 'Target' };
    expect(about(target, { ...iamUser(), ResourceRole: 'Actor' }).identity.key).toBe(alice);
  });

  it('is no secret beside a user: whoever reads a secret does not become its holder', () => {
    const { identity } = about({ Type: 'AwsSecretsManagerSecret', Id: secretArn }, iamUser());
    expect(identity.aliases).toEqual([alice]);
  });
});

describe('securityhub: a control on the account (trap 16)', () => {
  const root = `arn:aws:iam::${account}:root`;
  it.each(['IAM.4', 'IAM.6', 'IAM.9', 'IAM.20'])('is about root where it asks for root: %s', (id) => {
    for (const fields of [hidden(root), {}]) {
      const finding = control(id, { Resources: [accountResource], ...fields });
      expect(found(event([finding])).identity).toEqual({
        kind: 'root',
        key: `root/${account}`,
        aliases: [`root/${account}`],
      });
    }
  });

  it('is about the user that is hidden in ProductFields', () => {
    const finding = control('IAM.8', { Resources: [accountResource], ...hidden(user('alice')) });
    expect(found(event([finding])).identity).toMatchObject({ kind: 'iam-user', key: alice });
  });

  it('is left to a person where it asks for root and hides a user', () => {
    const finding = control('IAM.4', { Resources: [accountResource], ...hidden(user('alice')) });
    expect(found(event([finding])).identity.kind).toBe('unknown');
  });

  it.each<[string, Json]>([
    ['of root', { Resources: [accountResource], ...hidden('arn:aws:iam::999988887777:root') }],
    ['of the account', { Resources: [{ Type: 'AwsAccount', Id: 'AWS::::Account:999988887777' }] }],
    ['of the owner', { Resources: [{ ...accountResource, Owner: { Account: { Id: '999988887777' } } }] }],
  ])('is rejected where the account %s is another', (_, overrides) => {
    expect(read(event([control('IAM.4', overrides)]))).toMatchObject({ outcome: 'rejected', code: 'ACCOUNT_CLASH' });
  });
});
