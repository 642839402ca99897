import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { clientSettings, send } from './client.ts';

/** Sends one message to one of our queues, whose policies say whom they let in. */
export function queueAt(url: string, sqs = new SQSClient(clientSettings)) {
  return async (message: string): Promise<void> => {
    await send('sqs:SendMessage', () => sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: message })));
  };
}
