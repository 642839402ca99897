import type { OwnerResolver } from './resolver.ts';

/** The owner tag of the user itself. Believed after the secret's: a user that may tag itself can name anybody. */
export const userTag: OwnerResolver = {
  name: 'user-tag',
  rank: 2,
  candidates: ({ user }, ownerTag) => {
    const owner = user?.tags[ownerTag];
    return user && owner ? [{ owner, source: `tag ${ownerTag} of ${user.arn}` }] : [];
  },
};
