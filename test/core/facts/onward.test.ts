import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { onwardPaths } from '#core/facts/onward';

const admin = 'arn:aws:iam::111122223333:role/admin';
const paths = (...Statement: object[]) => onwardPaths([{ name: 'work', document: { Statement } }]);
const allow = (Action: unknown, Resource: unknown = admin) => ({ Effect: 'Allow', Action, Resource });

describe('the roles that a role may assume', () => {
  it.each([
    'sts:AssumeRole',
    'STS:assumerole',
    'sts:*',
    '*',
    'sts:Assume*',
    'sts:AssumeRol?',
    ['s3:*', 'sts:AssumeRole'],
  ])('are listed where the action covers sts:AssumeRole: %j', (action) => {
    expect(paths(allow(action))).toEqual([{ policy: 'work', roles: [admin], note: null }]);
  });

  it.each(['s3:*', 'sts:AssumeRoleWithSAML', 'sts:TagSession', 'iam:PassRole', 'xsts:AssumeRole', []])(
    'are not listed for another action: %j',
    (action) => {
      expect(paths(allow(action))).toEqual([]);
    },
  );

  it('are not what a Deny names', () => {
    expect(paths({ ...allow('sts:AssumeRole'), Effect: 'Deny' })).toEqual([]);
  });

  it('stand as the statement has them, patterns too', () => {
    const patterns = [admin, 'arn:aws:iam::*:role/ops-*', 'arn:aws:iam::4*', '*', 'arn:*'];
    expect(paths(allow('sts:AssumeRole', patterns))[0]?.roles).toEqual(patterns);
  });

  it('leave out what can be no role', () => {
    const others = ['arn:aws:s3:::bucket/*', 'arn:aws:iam::1:user/*', 'arn:aws:sqs:*:*:q'];
    expect(paths(allow('*', others))).toEqual([]);
    expect(paths(allow('*', [...others, admin]))[0]?.roles).toEqual([admin]);
  });

  it('cannot be listed where the statement names what it leaves out', () => {
    const { Resource: _, ...rest } = allow('sts:AssumeRole');
    expect(paths({ ...rest, NotResource: admin })).toEqual([
      { policy: 'work', roles: [], note: expect.stringContaining('cannot be listed') },
    ]);
  });

  it('are all that a NotAction does not leave out', () => {
    expect(paths({ Effect: 'Allow', NotAction: ['iam:*'], Resource: '*' })).toEqual([
      { policy: 'work', roles: ['*'], note: expect.stringContaining('NotAction') },
    ]);
    expect(paths({ Effect: 'Allow', NotAction: ['sts:*'], Resource: '*' })).toEqual([]);
  });

  it('are read from any document without a throw', () => {
    fc.assert(fc.property(fc.anything(), (document) => void onwardPaths([{ name: 'n', document }])));
    fc.assert(fc.property(fc.anything(), (Statement) => void onwardPaths([{ name: 'n', document: { Statement } }])));
    fc.assert(fc.property(fc.string(), (text) => void paths(allow(text, text))));
  });
});
