import * as v from 'valibot';
import { type Check, deployAgain, missing, ok, orAbsent, queueName } from './check.ts';

const configured = v.object({
  Concurrency: v.optional(v.object({ ReservedConcurrentExecutions: v.optional(v.number()) })),
});
const mapping = v.object({ UUID: v.string(), EventSourceArn: v.optional(v.string(), ''), State: v.string() });

/** The function may run, and is called for each of its queues. */
export const reader: Check = {
  name: 'reader',
  async examine({ reader: { function: name, queues } }, { ask, output }) {
    const found = await orAbsent(ask('lambda:GetFunction', { FunctionName: name }, configured));
    if (!found) return missing(`there is no function ${name}`, deployAgain);
    if (found.Concurrency?.ReservedConcurrentExecutions === 0)
      return missing(
        `${name} may not run: its reserved concurrency is 0`,
        `aws lambda delete-function-concurrency --function-name ${name}`,
      );
    const mappings = v.object({ EventSourceMappings: v.array(mapping) });
    const { EventSourceMappings } = await ask('lambda:ListEventSourceMappings', { FunctionName: name }, mappings);
    const wrong = queues.flatMap((queue) => {
      const expected = queueName(output(queue));
      const { State, UUID } = EventSourceMappings.find((each) => queueName(each.EventSourceArn) === expected) ?? {};
      if (State === 'Enabled') return [];
      const remedy = UUID ? `aws lambda update-event-source-mapping --uuid ${UUID} --enabled` : deployAgain;
      return [missing(`${name} is not called for it: its mapping is ${State ?? 'not there'}`, remedy, queue)];
    });
    return wrong.length > 0 ? wrong : ok(`${name} is called for ${queues.join(', ')}`);
  },
};
