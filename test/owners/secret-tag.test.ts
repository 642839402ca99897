import { describe, expect, it } from 'vitest';
import { secretTag, userTag } from '#core/owners';

const secret = (tags: Record<string, string>, name = 'a') => ({ arn: `arn:${name}`, name, tags });

describe('secret-tag', () => {
  it('names the owner of each secret, and where it says so', () => {
    const secrets = [secret({ owner: 'shop' }, 'a'), secret({}, 'b'), secret({ owner: 'risk' }, 'c')];
    expect(secretTag.candidates({ user: null, role: null, secrets }, 'owner')).toEqual([
      { owner: 'shop', source: 'tag owner of arn:a' },
      { owner: 'risk', source: 'tag owner of arn:c' },
    ]);
  });

  it('reads the tag that the settings name', () => {
    expect(secretTag.candidates({ user: null, role: null, secrets: [secret({ team: 'shop' })] }, 'team')).toHaveLength(
      1,
    );
  });

  it('is believed before the tag of the user, who may be able to tag itself', () => {
    expect(secretTag.rank).toBeLessThan(userTag.rank);
  });
});
