import { type Check, missing, ok } from './check.ts';

/** The key set of each issuer of shared signals is there, and holds a key that can verify its tokens. */
export const keySet: Check = {
  name: 'key-set',
  examine: async (_, { settings, usableKeys }) =>
    Promise.all(
      settings.identityProviders.ssf.map(async ({ issuer, keys }) => {
        const where = typeof keys === 'string' ? keys : 'the settings';
        const count = await usableKeys(keys).catch(() => null);
        if (count) return ok(`keys in ${where} that can verify a token: ${count}`, issuer);
        const remedy = 'ask the issuer for its key set, correct identityProviders.ssf, and deploy';
        return count === null
          ? {
              about: issuer,
              state: 'unknown',
              detail: `${where} does not answer from here`,
              remedy: `try again, or ${remedy}`,
            }
          : missing(`${where} has no key with a kid that can verify a token`, remedy, issuer);
      }),
    ),
};
