import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Notify } from '#core/ports';
import { clientSettings, send } from './client.ts';

/** Once an environment: a warm invocation keeps its connections. */
const shared = new SNSClient(clientSettings);

/** Tells the topic's subscribers. Message attributes let them filter on `what`. */
export function topic(arn: string, sns = shared): Notify {
  return async ({ what, caseId, summary }) => {
    await send('sns:Publish', () =>
      sns.send(
        new PublishCommand({
          TopicArn: arn,
          Subject: caseId ? `Rescind: case ${caseId} ${what}` : `Rescind: ${what}`,
          Message: JSON.stringify({ what, caseId, ...summary }),
          MessageAttributes: { what: { DataType: 'String', StringValue: what } },
        }),
      ),
    );
  };
}
