import { expect, it } from 'vitest';
import { subscription } from '#core/checks';
import { told } from './build-check.ts';

const lines = (SubscriptionsConfirmed: string, SubscriptionsPending: string) =>
  told(
    subscription,
    { 'sns:GetTopicAttributes': { Attributes: { SubscriptionsConfirmed, SubscriptionsPending } } },
    { output: () => 'arn:topic' },
  );

it('somebody listens once a subscription is confirmed', async () => {
  expect(await lines('1', '0')).toEqual(['ok confirmed subscriptions: 1']);
  expect(await lines('0', '1')).toEqual([
    'missing nobody has a confirmed subscription to notices and alarms: aws sns subscribe --topic-arn arn:topic --protocol email --notification-endpoint ADDRESS',
  ]);
});
