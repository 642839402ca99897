import { expect, it } from 'vitest';
import { partnerBus } from '#core/checks';
import { absent, told } from './build-check.ts';

const bus = 'aws.partner/okta.com/acme/rescind';
const again = 'make the log stream in okta again, name it in identityProviders.okta.eventBus, and deploy';

it.each<[string, unknown, string]>([
  ['active', { State: 'ACTIVE' }, `ok the event source ${bus} has an active bus`],
  [
    'pending',
    { State: 'PENDING' },
    `missing the event source ${bus} has no active bus: aws events create-event-bus --name ${bus} --event-source-name ${bus}`,
  ],
  ['deleted by the partner', { State: 'DELETED' }, `missing the event source ${bus} is DELETED: ${again}`],
  ['not there', absent, `missing there is no event source ${bus} in eu-central-1: ${again}`],
])('an event source that is %s', async (_, answer, line) => {
  expect(await told(partnerBus, { 'events:DescribeEventSource': answer })).toEqual([line]);
});
