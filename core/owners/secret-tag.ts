import type { OwnerResolver } from './resolver.ts';

/** The owner tag of a secret that holds the identity's key: the identity itself cannot usually write it. */
export const secretTag: OwnerResolver = {
  name: 'secret-tag',
  rank: 1,
  candidates: ({ secrets }, ownerTag) =>
    secrets.flatMap(({ tags, arn }) => {
      const owner = tags[ownerTag];
      return owner ? [{ owner, source: `tag ${ownerTag} of ${arn}` }] : [];
    }),
};
