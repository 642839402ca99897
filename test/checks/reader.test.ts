import { expect, it } from 'vitest';
import { reader } from '#core/checks';
import { absent, queueArn, told } from './build-check.ts';

const mapping = (queue: string, State: string) => ({ UUID: `u-${queue}`, EventSourceArn: queueArn(queue), State });
const all = (State = 'Enabled') => [mapping('IntakeQueue', State), mapping('ControlQueue', 'Enabled')];
const lines = (found: unknown, EventSourceMappings: object[] = all()) =>
  told(
    reader,
    { 'lambda:GetFunction': found, 'lambda:ListEventSourceMappings': { EventSourceMappings } },
    { part: { reader: { function: 'rescind-intake', queues: ['IntakeQueue', 'ControlQueue'], deadLetters: [] } } },
  );
const again = 'deploy the stack again (npx cdk deploy)';

it.each<[string, unknown, object[], string[]]>([
  ['is called for its queues', {}, all(), ['ok rescind-intake is called for IntakeQueue, ControlQueue']],
  [
    'has concurrency of its own',
    { Concurrency: { ReservedConcurrentExecutions: 5 } },
    all(),
    [expect.stringMatching(/^ok/)],
  ],
  [
    'was switched off',
    { Concurrency: { ReservedConcurrentExecutions: 0 } },
    all(),
    [
      'missing rescind-intake may not run: its reserved concurrency is 0: aws lambda delete-function-concurrency --function-name rescind-intake',
    ],
  ],
  [
    'has a mapping that is disabled',
    {},
    all('Disabled'),
    [
      'missing IntakeQueue rescind-intake is not called for it: its mapping is Disabled: aws lambda update-event-source-mapping --uuid u-IntakeQueue --enabled',
    ],
  ],
  [
    'has lost a mapping',
    {},
    all().slice(1),
    [`missing IntakeQueue rescind-intake is not called for it: its mapping is not there: ${again}`],
  ],
  ['is gone', absent, [], [`missing there is no function rescind-intake: ${again}`]],
])('a function that %s is told as what it is', async (_, found, mappings, expected) => {
  expect(await lines(found, mappings)).toEqual(expected);
});
