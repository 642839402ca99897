import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { ControlMessage } from '#core/intake/take-control';
import { clientSettings, send } from './client.ts';

/** Sends to the control queue, whose policy lets the operator's and the look's sessions in and nobody else. */
export function controlQueue(url: string, sqs = new SQSClient(clientSettings)) {
  return async (message: ControlMessage): Promise<void> => {
    await send('sqs:SendMessage', () =>
      sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: JSON.stringify(message) })),
    );
  };
}
