import { describe, expect, it } from 'vitest';
import { roleTag } from '#core/owners';
import { aRole } from '../build-case.ts';

describe('role-tag', () => {
  it('names the owner of the role, and where it says so', () => {
    const role = aRole({ tags: { owner: 'platform' } });
    expect(roleTag.candidates({ user: null, role, secrets: [] }, 'owner')).toEqual([
      { owner: 'platform', source: `tag owner of ${role.arn}` },
    ]);
  });

  it.each([
    ['has no such tag', aRole({ tags: {} })],
    ['has an empty one', aRole({ tags: { owner: '' } })],
    ['is not there', null],
  ])('names nobody where the role %s', (_, role) => {
    expect(roleTag.candidates({ user: null, role, secrets: [] }, 'owner')).toEqual([]);
  });
});
