import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identityOfArn } from '#core/sources/identity-of-arn';

const iam = (rest: string) => `arn:aws:iam::111122223333:${rest}`;
const sts = (rest: string) => `arn:aws:sts::111122223333:${rest}`;

describe('the identity of an ARN', () => {
  it.each([
    [iam('user/alice'), { kind: 'iam-user', name: 'alice', key: 'user/111122223333/alice' }],
    [iam('user/team/dev/alice'), { kind: 'iam-user', name: 'alice', key: 'user/111122223333/alice' }],
    [iam('role/web-server'), { kind: 'iam-role', name: 'web-server', key: 'role/111122223333/web-server' }],
    [
      iam('role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef'),
      { kind: 'iam-role', key: 'role/111122223333/AWSReservedSSO_Admin_0123456789abcdef' },
    ],
    [
      sts('assumed-role/web-server/i-0123456789abcdef0'),
      { kind: 'role-session', name: 'web-server', session: 'i-0123456789abcdef0', key: 'role/111122223333/web-server' },
    ],
    [sts('federated-user/bob'), { kind: 'federated-user', name: 'bob', key: 'federated/111122223333/bob' }],
    [iam('root'), { kind: 'root', key: 'root/111122223333' }],
    ['arn:aws-us-gov:iam::111122223333:user/alice', { kind: 'iam-user', account: '111122223333' }],
  ])('%s is read', (arn, identity) => {
    const found = identityOfArn(arn);
    expect(found).toMatchObject({ arn, ...identity });
    expect(found?.aliases).toEqual([found?.key]);
  });

  it.each([
    iam('user/*'),
    iam('user/ali?e'),
    iam('role/app/*'),
    iam('user/alice '),
    iam('user/'),
    iam('user/team/'),
    iam('group/admins'),
    iam('policy/p'),
    iam('assumed-role/web/i-0'),
    sts('assumed-role/web-server'),
    sts('assumed-role/web-server/a/b'),
    sts('assumed-role/web-server/*'),
    sts('root'),
    sts('user/alice'),
    'arn:aws:iam::12345678901:user/alice',
    `arn:aws:iam::\${Account}:user/alice`,
    'arn: aws:iam::111122223333:user/alice',
    'arn:aws:s3:::bucket',
    'AROA1111222233334444:web',
    `${iam('user/alice')}\narn:aws:iam::111122223333:user/bob`,
    iam(`user/${'a/'.repeat(400)}alice`),
    '',
    null,
    7,
    { toString: () => iam('user/alice') },
  ])('%j names nobody', (arn) => {
    expect(identityOfArn(arn)).toBeNull();
  });

  it('has no sign in its key that the ARN did not have in its name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (rest) => {
        const found = identityOfArn(iam(`user/${rest}`));
        if (found) expect(found.key).toMatch(/^user\/111122223333\/[\w+=,.@-]{1,64}$/);
      }),
    );
  });
});
