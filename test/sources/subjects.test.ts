import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accountIn, whoIs } from '#core/sources/subjects';
import { account } from './guardduty-finding.ts';

const table = {
  '00u1': `user/${account}/alice`,
  'alice@example.com': `user/${account}/alice`,
  'bob@example.com': `user/${account}/bob`,
  'Ops@Example.com': `role/${account}/ops`,
  'carol@example.com': 'identity-center/1234-abcd',
  dan: `federated/${account}/dan`,
};
const who = (...subjects: string[][]) => whoIs(subjects, { source: 'okta', findingId: 'event-1' }, table);

describe('the table of an identity provider', () => {
  it.each([
    ['an id', ['00u1'], { kind: 'iam-user', key: `user/${account}/alice`, name: 'alice' }],
    ['an address in any casing', ['ALICE@example.com'], { kind: 'iam-user', key: `user/${account}/alice` }],
    ['both, which agree', ['00u1', 'alice@example.com'], { kind: 'iam-user', key: `user/${account}/alice` }],
    ['an id that it lacks beside an address', ['00u7', 'bob@example.com'], { key: `user/${account}/bob` }],
    ['the holder of a role', ['ops@example.com'], { kind: 'role-session', key: `role/${account}/ops`, name: 'ops' }],
    ['a federated user', ['dan'], { kind: 'federated-user', key: `federated/${account}/dan`, name: 'dan' }],
  ])('says who it is by %s', (_, names, expected) => {
    expect(who(names)).toMatchObject({ ...expected, aliases: [expected.key] });
  });

  it('gives no name to a user of Identity Center, whose id is none', () => {
    const key = 'identity-center/1234-abcd';
    expect(who(['carol@example.com'])).toEqual({ kind: 'identity-center-user', key, aliases: [key] });
  });

  it.each([
    ['somebody that it lacks, in one case by the first name', [['00u8', 'x@example.com']], 'unknown/okta/00u8'],
    ['an id in another casing', [['00U1']], 'unknown/okta/00U1'],
    ['one who is two in it', [['00u1', 'bob@example.com']], 'unknown/okta/event-1'],
    ['two subjects', [['00u1'], ['bob@example.com']], 'unknown/okta/event-1'],
    ['two subjects of whom it knows one', [['00u1'], ['00u8']], 'unknown/okta/event-1'],
    ['nobody', [], 'unknown/okta/event-1'],
  ])('leaves to a person %s', (_, subjects, key) => {
    expect(who(...subjects)).toEqual({ kind: 'unknown', key, aliases: [key] });
  });

  it('takes one subject that is told twice for one', () => {
    expect(who(['00u1'], ['00u1'])).toMatchObject({ name: 'alice' });
  });

  it('keeps text that is no plain name out of keys', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.string({ minLength: 1 }), { maxLength: 3 }), { maxLength: 2 }), (subjects) => {
        expect(who(...subjects).key).toMatch(/^[\w.@+|:/-]+$/);
      }),
    );
  });
});

describe('the account of an identity', () => {
  it('is the one in its key', () => {
    expect(accountIn(who(['00u1']))).toBe(account);
  });
  it('is none where the key has none', () => {
    expect([accountIn(who(['carol@example.com'])), accountIn(who([]))]).toEqual([null, null]);
  });
});
