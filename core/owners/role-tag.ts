import type { OwnerResolver } from './resolver.ts';

/** The owner tag of the role itself. A role that may tag itself can name anybody, as a user can. */
export const roleTag: OwnerResolver = {
  name: 'role-tag',
  rank: 3,
  candidates: ({ role }, ownerTag) => {
    const owner = role?.tags[ownerTag];
    return role && owner ? [{ owner, source: `tag ${ownerTag} of ${role.arn}` }] : [];
  },
};
