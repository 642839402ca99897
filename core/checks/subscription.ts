import * as v from 'valibot';
import { type Check, missing, ok } from './check.ts';

const topic = v.object({ Attributes: v.object({ SubscriptionsConfirmed: v.string() }) });

/** Somebody gets the notices and the alarms: a subscription counts once it is confirmed. */
export const subscription: Check = {
  name: 'subscription',
  async examine(_, { ask, output }) {
    const TopicArn = output('Topic');
    const { SubscriptionsConfirmed: count } = (await ask('sns:GetTopicAttributes', { TopicArn }, topic)).Attributes;
    const subscribe = `aws sns subscribe --topic-arn ${TopicArn} --protocol email --notification-endpoint ADDRESS`;
    return Number(count) > 0
      ? ok(`confirmed subscriptions: ${count}`)
      : missing('nobody has a confirmed subscription to notices and alarms', subscribe);
  },
};
