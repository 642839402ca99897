import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Notify } from '#core/ports';
import { clientSettings, send } from './client.ts';

/** Tells the topic's subscribers. Message attributes let them filter on `what`. */
export function topic(arn: string, sns = new SNSClient(clientSettings)): Notify {
  return async ({ what, caseId, summary }) => {
    await send('sns:Publish', () =>
      sns.send(
        new PublishCommand({
          TopicArn: arn,
          Subject: `Rescind: case ${caseId} ${what}`,
          Message: JSON.stringify({ what, caseId, ...summary }),
          MessageAttributes: { what: { DataType: 'String', StringValue: what } },
        }),
      ),
    );
  };
}
