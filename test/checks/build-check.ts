import { memoryRegister } from '#adapters/memory';
import type { Asked, Check, CheckPorts, Part, Verdict } from '#core/checks/check';
import type { Around } from '#core/checks/examine';
import { parseAnswer } from '#core/facts/answer';
import { AwsRefusal } from '#core/ports';
import { parseSettings } from '#core/settings';

/** What AWS answers to an operation: a value, an error, or either by what was asked. */
export type Answers = { [operation in Asked]?: unknown };

export const refusal = (name: string, operation = 'some:Operation') => new AwsRefusal(operation, name, 'no');
export const absent = refusal('ResourceNotFoundException');

/** A deployment in eu-central-1 whose outputs end in their own names; no operation is answered but those given. */
export function around(answers: Answers, more: Partial<Around> = {}): Around & { asked: [Asked, object][] } {
  const asked: [Asked, object][] = [];
  return {
    asked,
    async aws(operation, input) {
      asked.push([operation, input]);
      const given = answers[operation];
      const answer = typeof given === 'function' ? given(input) : given;
      if (answer === undefined) throw refusal('AccessDeniedException', operation);
      if (answer instanceof Error) throw answer;
      return answer;
    },
    partition: 'aws',
    region: 'eu-central-1',
    output: (name) => `https://sqs.eu-central-1.amazonaws.com/111122223333/${name}`,
    register: memoryRegister(),
    now: () => new Date('2026-11-24T09:30:00Z'),
    usableKeys: async () => 1,
    statusOf: async () => 405,
    deployedSettings: async () => ({}),
    ...more,
  };
}

export const queueArn = (name: string) => `arn:aws:sqs:eu-central-1:111122223333:${name}`;

const intake: Part = {
  name: 'okta',
  checks: [],
  rules: { names: ['rescind-okta'], bus: 'aws.partner/okta.com/acme/rescind' },
  reader: { function: 'rescind-intake', queues: ['IntakeQueue'], deadLetters: ['DeadLetterQueue', 'UndeliveredQueue'] },
};

/** The verdicts of one check, each on one line as `rescind doctor` has it. */
export async function told(
  check: Check,
  answers: Answers,
  {
    part = {},
    settings = {},
    ...more
  }: Partial<Omit<Around, 'aws'>> & { part?: Partial<Part>; settings?: unknown } = {},
): Promise<string[]> {
  const surroundings = around(answers, more);
  const ask: CheckPorts['ask'] = async (operation, input, answer) =>
    parseAnswer(operation, answer, await surroundings.aws(operation, input));
  const ports = { ...surroundings, ask, settings: parseSettings(settings) };
  return [await check.examine({ ...intake, ...part }, ports)].flat().map(line);
}

const line = (verdict: Verdict): string => {
  const { about, state, detail } = verdict;
  return `${state} ${about ? `${about} ` : ''}${detail}${'remedy' in verdict ? `: ${verdict.remedy}` : ''}`;
};

const eventBus = 'aws.partner/okta.com/acme/rescind';
const transmitter = {
  issuer: 'https://idp.example.com',
  audience: 'https://rescind.example.com/ssf',
  keys: 'https://idp.example.com/keys',
  subjects: {},
};
/** Settings that listen to everything there is. */
export const everySource = {
  simulation: true,
  identityProviders: {
    okta: { eventBus, subjects: {} },
    auth0: { eventBus: 'aws.partner/auth0.com/acme/rescind', subjects: {} },
    ssf: [transmitter],
  },
  github: { secretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:rescind/github-Ab12Cd' },
};
