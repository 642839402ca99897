import { expect, it } from 'vitest';
import { deadLetters } from '#core/checks';
import { told } from './build-check.ts';

const holding = (waiting: string, hidden = '0') => ({
  Attributes: { ApproximateNumberOfMessages: waiting, ApproximateNumberOfMessagesNotVisible: hidden },
});
const answer = ({ QueueUrl }: { QueueUrl: string }) =>
  QueueUrl.endsWith('DeadLetterQueue') ? holding('2', '1') : holding('0');

it('each queue is told of by itself, with what waits and what is hidden', async () => {
  expect(await told(deadLetters, { 'sqs:GetQueueAttributes': answer })).toEqual([
    'missing DeadLetterQueue messages that wait: 3: rescind intake redrive',
    'ok UndeliveredQueue no message waits',
  ]);
});

it('changes that nobody accounts for are no dead letters to be handed on', async () => {
  const lines = await told(deadLetters, { 'sqs:GetQueueAttributes': answer }, { part: { name: 'watch' } });
  expect(lines[0]).toBe('missing DeadLetterQueue messages that wait: 3: docs/operate.md, "The watch on our own roles"');
});

it('a queue that tells no number is not taken for an empty one', async () => {
  await expect(told(deadLetters, { 'sqs:GetQueueAttributes': { Attributes: {} } })).rejects.toMatchObject({
    code: 'ANSWER_UNEXPECTED',
  });
});
