import { describe, expect, it } from 'vitest';
import { userTag } from '#core/owners';
import { aUser } from '../build-case.ts';

describe('user-tag', () => {
  it('names the owner of the user, and where it says so', () => {
    const user = aUser({ tags: { owner: 'identity' } });
    expect(userTag.candidates({ user, role: null, secrets: [] }, 'owner')).toEqual([
      { owner: 'identity', source: `tag owner of ${user.arn}` },
    ]);
  });

  it.each([
    ['has no such tag', aUser({ tags: {} })],
    ['has an empty one', aUser({ tags: { owner: '' } })],
    ['is not there', null],
  ])('names nobody where the user %s', (_, user) => {
    expect(userTag.candidates({ user, role: null, secrets: [] }, 'owner')).toEqual([]);
  });
});
