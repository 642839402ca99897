import { calls } from './cloudtrail-calls.ts';
import type { EventPattern } from './source.ts';

/** EventBridge names `aws.X` what the records name `X.amazonaws.com` (EventBridge Events Reference). */
const rule = (services: string[], kinds: string[], detail: Record<string, unknown>): EventPattern => ({
  source: services.map((service) => `aws.${service}`),
  'detail-type': kinds,
  detail,
});
const apiCall = ['AWS API Call via CloudTrail'];
// The guide writes the first, and events have come with the second.
const signIn = ['AWS Console Signin via CloudTrail', 'AWS Console Sign In via CloudTrail'];
// Who fails a thousand times is not to fill the queue.
const served = { errorCode: [{ exists: false }] };

const named = (services: string[]) => ({
  eventSource: services.map((service) => `${service}.amazonaws.com`),
  eventName: [...new Set(calls.filter(({ service }) => services.includes(service)).map(({ name }) => name))],
});
const others = [...new Set(calls.map(({ service }) => service))].filter((each) => each !== 'iam' && each !== 'signin');

/**
 * IAM, the other services, sign-ins of users and root, and whatever root calls: a rule each. They are plainly enabled,
 * and so get no call that only reads (EventBridge User Guide, "Receiving read-only management events from AWS services").
 */
export const callPatterns: readonly EventPattern[] = [
  rule(['iam'], apiCall, { ...named(['iam']), ...served }),
  rule(others, apiCall, { ...named(others), ...served }),
  rule(['signin'], signIn, { ...named(['signin']), userIdentity: { type: ['Root', 'IAMUser'] } }),
  { source: [{ prefix: 'aws.' }], 'detail-type': apiCall, detail: { userIdentity: { type: ['Root'] }, ...served } },
];
