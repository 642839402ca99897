import { type Check, missing, ok } from './check.ts';

/** Global services tell EventBridge in their home Region alone; what does not arrive there arrives nowhere else. */
export const region: Check = {
  name: 'region',
  async examine({ onlyIn }, { partition, region: here }) {
    if (!onlyIn || onlyIn.regions.includes(here)) return ok(`all of it arrives in ${here}`);
    const { regions, what } = onlyIn;
    return partition === 'aws'
      ? missing(
          `${what} arrive in ${regions.join(' and ')} alone, and not in ${here}`,
          `deploy there too (AWS_REGION=${regions[0]} npx cdk deploy)`,
        )
      : {
          state: 'unknown',
          detail: `where ${what} arrive is not known of the partition ${partition}`,
          remedy: 'look it up in its guides',
        };
  },
};
