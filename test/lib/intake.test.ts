import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import * as sources from '#core/sources';
import { plain, readStatement, type Statement, synthesise } from './synthesise.ts';

let template: Template;
beforeAll(() => {
  template = synthesise();
}, 60_000);

const queueOf = (target: Template, name: string) =>
  Object.entries(target.findResources('AWS::SQS::Queue')).find(([id]) => id.startsWith(`Intake${name}`))?.[1];
const policyOf = (target: Template, name: string): Statement[] =>
  Object.entries(target.findResources('AWS::SQS::QueuePolicy'))
    .find(([id]) => id.startsWith(`Intake${name}Policy`))?.[1]
    ?.Properties.PolicyDocument.Statement.map(readStatement);

/** Those of the sources: the watch has one of its own. */
const rulesOf = (target: Template) =>
  Object.values(target.findResources('AWS::Events::Rule'))
    .map(({ Properties }) => Properties)
    .filter(({ Name }) => Name !== 'rescind-watch');

/** Those that a deployment hears without being told of a partner's bus. */
const own = Object.values(sources).filter(({ comesBy }) => !comesBy);
/** Their ids in the template: the first pattern of a source bears its name, a further one its number too. */
const ruleIds = (of = own) =>
  of.flatMap(({ name, patterns }) => patterns.map((_, at) => (at === 0 ? name : `${name}${at + 1}`)));

describe('The rules', () => {
  it('are one for each pattern that a source declares', () => {
    expect(rulesOf(template).map(({ Name, EventPattern }) => ({ Name, EventPattern }))).toEqual(
      own.flatMap(({ name, patterns }) =>
        patterns.map((pattern, at) => ({
          Name: `rescind-${name}${at === 0 ? '' : `-${at + 1}`}`,
          EventPattern: pattern,
        })),
      ),
    );
  });

  it('send to the intake queue, try for a day, and keep what they could not deliver', () => {
    for (const Properties of rulesOf(template)) {
      const [target, ...others] = Properties.Targets;
      expect(others).toEqual([]);
      expect(plain(target.Arn)).toBe('<IntakeQueue.Arn>');
      expect(plain(target.DeadLetterConfig.Arn)).toBe('<IntakeUndelivered.Arn>');
      expect(target.RetryPolicy).toEqual({ MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 });
      expect(Properties.EventBusName).toBeUndefined();
    }
  });

  it('of an identity provider listens on the bus that the settings name, and the queue takes what it sends', () => {
    const eventBus = 'aws.partner/okta.com/acme/rescind';
    const target = synthesise({ identityProviders: { okta: { eventBus, subjects: {} } } });
    const added = rulesOf(target).filter(({ EventBusName }) => EventBusName !== undefined);
    expect(added.map(({ Name, EventBusName, EventPattern }) => ({ Name, EventBusName, EventPattern }))).toEqual([
      { Name: 'rescind-okta', EventBusName: eventBus, EventPattern: sources.okta.patterns[0] },
    ]);
    expect(policyOf(target, 'Queue')[1]?.condition).toContain('<Intakeokta.Arn>');
  });
});

describe('The intake queue', { timeout: 30_000 }, () => {
  it.each(['Queue', 'Undelivered'])('takes messages from our rules and from nobody else: %s', (name) => {
    const arns = ruleIds().map((id) => `<Intake${id}.Arn>`);
    const sending = policyOf(template, name).filter(({ actions }) => actions.includes('sqs:SendMessage'));
    expect(sending).toEqual([
      {
        effect: 'Allow',
        actions: ['sqs:SendMessage'],
        resources: [`<Intake${name}.Arn>`],
        condition: `ArnEquals aws:SourceArn ${arns.join(' ')}`,
      },
      {
        effect: 'Deny',
        actions: ['sqs:SendMessage'],
        resources: [`<Intake${name}.Arn>`],
        condition: `ArnNotEquals aws:SourceArn ${arns.join(' ')}`,
      },
    ]);
  });

  it.each([
    ['Queue', 'IntakeFunctionRole'],
    ['Control', 'IntakeFunctionRole'],
    ['Received', 'IntakeFunctionRole'],
    ['DeadLetters', 'OperatorRole'],
    ['Undelivered', 'OperatorRole'],
  ])('gives its messages to one reader, and lets nobody else read or purge them: %s', (name, role) => {
    const reading = policyOf(template, name).filter(({ actions }) => actions.includes('sqs:ReceiveMessage'));
    expect(reading).toEqual([
      {
        effect: 'Deny',
        actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:PurgeQueue'],
        resources: [`<Intake${name}.Arn>`],
        condition: `ArnNotEquals aws:PrincipalArn <${role}.Arn>`,
      },
    ]);
  });

  it.each(['Queue', 'Control', 'Received', 'DeadLetters', 'Undelivered'])(
    'can be repaired by who administers the account: %s',
    (name) => {
      const denied = policyOf(template, name).filter(
        ({ effect, condition }) => effect === 'Deny' && !condition.startsWith('Bool '),
      );
      for (const action of ['sqs:SetQueueAttributes', 'sqs:AddPermission', 'sqs:DeleteQueue', 'sqs:*'])
        expect(denied.flatMap(({ actions }) => actions)).not.toContain(action);
    },
  );

  it('takes the rules of the simulation bus too where there is one', () => {
    const [allowed] = policyOf(synthesise({ simulation: true }), 'Queue').filter(
      ({ effect, actions }) => effect === 'Allow' && actions.includes('sqs:SendMessage'),
    );
    const names = ruleIds();
    const drills = ruleIds(Object.values(sources)).map((name) => `simulated${name}`);
    const arns = [...names, ...drills].map((name) => `<Intake${name}.Arn>`);
    expect(allowed?.condition).toBe(`ArnEquals aws:SourceArn ${arns.join(' ')}`);
  });

  it.each(['Queue', 'DeadLetters', 'Undelivered'])(
    'is encrypted, asks for TLS and keeps messages for 14 days: %s',
    (name) => {
      expect(queueOf(template, name)?.Properties).toMatchObject({
        SqsManagedSseEnabled: true,
        MessageRetentionPeriod: 1_209_600,
      });
      expect(policyOf(template, name)[0]).toMatchObject({
        effect: 'Deny',
        condition: 'Bool aws:SecureTransport false',
      });
    },
  );

  it('gives a message five tries, then keeps it as a dead letter', () => {
    const { RedrivePolicy } = queueOf(template, 'Queue')?.Properties ?? {};
    expect(RedrivePolicy.maxReceiveCount).toBe(5);
    expect(plain(RedrivePolicy.deadLetterTargetArn)).toBe('<IntakeDeadLetters.Arn>');
  });

  it('gives a message back only after six times the limit of the function', () => {
    const [intake] = Object.values(
      template.findResources('AWS::Lambda::Function', { Properties: { FunctionName: 'rescind-intake' } }),
    );
    expect(queueOf(template, 'Queue')?.Properties.VisibilityTimeout).toBeGreaterThanOrEqual(
      6 * intake?.Properties.Timeout,
    );
  });

  it('calls intake at once, and intake gives back single messages', () => {
    const [mapping] = Object.values(template.findResources('AWS::Lambda::EventSourceMapping'));
    expect(mapping?.Properties).toMatchObject({
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    expect(mapping?.Properties.MaximumBatchingWindowInSeconds).toBeUndefined();
    expect(plain(mapping?.Properties.EventSourceArn)).toBe('<IntakeQueue.Arn>');
    expect(plain(mapping?.Properties.FunctionName)).toBe('<IntakeFunction>');
  });
});

describe('The control queue', () => {
  it('is read by intake too, which is told which queue it is', () => {
    const sources = Object.values(template.findResources('AWS::Lambda::EventSourceMapping'))
      .filter(({ Properties }) => plain(Properties.FunctionName) === '<IntakeFunction>')
      .map(({ Properties }) => plain(Properties.EventSourceArn));
    expect(sources).toEqual(['<IntakeQueue.Arn>', '<IntakeControl.Arn>', '<IntakeReceived.Arn>']);
    const [intake] = Object.values(
      template.findResources('AWS::Lambda::Function', { Properties: { FunctionName: 'rescind-intake' } }),
    );
    const { CONTROL, RECEIVED } = intake?.Properties.Environment.Variables ?? {};
    expect([plain(CONTROL), plain(RECEIVED)]).toEqual(['<IntakeControl.Arn>', '<IntakeReceived.Arn>']);
  });

  it('takes messages from the operator and the look and from nobody else, and only over TLS', () => {
    const sending = policyOf(template, 'Control').filter(({ actions }) => !actions.includes('sqs:ReceiveMessage'));
    expect(sending).toEqual([
      expect.objectContaining({ effect: 'Deny', condition: 'Bool aws:SecureTransport false' }),
      {
        effect: 'Deny',
        actions: ['sqs:SendMessage'],
        resources: ['<IntakeControl.Arn>'],
        condition: 'ArnNotEquals aws:PrincipalArn <OperatorRole.Arn> <LookFunctionRole.Arn>',
      },
    ]);
  });

  it('keeps what intake fails on five times beside the findings', () => {
    const { RedrivePolicy } = queueOf(template, 'Control')?.Properties ?? {};
    expect(plain(RedrivePolicy.deadLetterTargetArn)).toBe('<IntakeDeadLetters.Arn>');
  });
});
