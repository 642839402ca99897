import * as v from 'valibot';
import { type Check, missing, ok } from './check.ts';

const count = v.pipe(v.string(), v.transform(Number), v.number());
const answer = v.object({
  Attributes: v.object({ ApproximateNumberOfMessages: count, ApproximateNumberOfMessagesNotVisible: count }),
});

/** Nothing waits that failed or could not be delivered, by the approximate count of SQS. */
export const deadLetters: Check = {
  name: 'dead-letters',
  examine: async ({ name, reader }, { ask, output }) =>
    Promise.all(
      reader.deadLetters.map(async (queue) => {
        const asked = { QueueUrl: output(queue), AttributeNames: Object.keys(answer.entries.Attributes.entries) };
        const { Attributes } = await ask('sqs:GetQueueAttributes', asked, answer);
        const waiting = Object.values(Attributes).reduce((sum, each) => sum + each, 0);
        if (waiting === 0) return ok('no message waits', queue);
        const remedy = name === 'watch' ? 'docs/operate.md, "The watch on our own roles"' : 'rescind intake redrive';
        return missing(`messages that wait: ${waiting}`, remedy, queue);
      }),
    ),
};
