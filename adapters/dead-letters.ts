import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { clientSettings, send } from './client.ts';

/** A message that waits in a queue of dead letters. */
export interface DeadLetter {
  id: string;
  body: string;
  /** The name of the queue from which SQS has moved it itself; undefined where somebody has put it there. */
  movedFrom?: string;
  /** Takes it away. */
  remove(): Promise<void>;
}

/** How long nobody else is given what one look has read. */
const hiddenSeconds = 120;

/** Reads a queue of dead letters, ten at a time until it is empty or as many are read; who takes none away leaves it as it is. */
export function deadLetters(url: string, sqs = new SQSClient(clientSettings)) {
  return async (most: number): Promise<DeadLetter[]> => {
    const letters = new Map<string, DeadLetter>();
    while (letters.size < most) {
      const asked = {
        QueueUrl: url,
        MaxNumberOfMessages: Math.min(10, most - letters.size),
        VisibilityTimeout: hiddenSeconds,
        WaitTimeSeconds: 1,
        MessageSystemAttributeNames: ['All' as const],
      };
      const { Messages = [] } = await send('sqs:ReceiveMessage', () => sqs.send(new ReceiveMessageCommand(asked)));
      const before = letters.size;
      for (const { MessageId = '', Body = '', ReceiptHandle, Attributes } of Messages) {
        const source = Attributes?.DeadLetterQueueSourceArn?.split(':').at(-1);
        const remove = async () => {
          await send('sqs:DeleteMessage', () => sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle })));
        };
        letters.set(MessageId, { id: MessageId, body: Body, remove, ...(source && { movedFrom: source }) });
      }
      if (letters.size === before) break;
    }
    return [...letters.values()];
  };
}
