import type { Finding, Reading } from '#core/finding';
import { readEvent } from '#core/sources/read';

/** Settings that list nothing. */
export const noLists = {
  immediate: [],
  blocking: [],
  advisory: [],
  identityProviders: { okta: null, auth0: null, ssf: [] },
};
/** The lists of settings as these tests have them. */
const lists = {
  ...noLists,
  immediate: ['UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.*', 'UnauthorizedAccess:IAMUser/TorIPCaller'],
};
/** The reading of an event with one outcome. */
export const read = (event: unknown): Reading => readEvent(JSON.stringify(event), { lists })[0] as Reading;
/** Its finding; anything else fails the test. */
export const found = (event: unknown): Finding => {
  const reading = read(event);
  if (reading.outcome !== 'finding') throw new Error(JSON.stringify(reading));
  return reading.finding;
};
