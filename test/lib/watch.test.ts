import { Stack } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseSettings } from '#core/settings';
import * as steps from '#core/steps';
import { statementsFor } from '#lib/permissions';
import { rollbackPermissions } from '#lib/rollback';
import { permissionsOf } from '#lib/steps';
import { plain, readStatement, type Statement, synthesise } from './synthesise.ts';

let template: Template;
beforeAll(() => {
  template = synthesise();
}, 60_000);

const ruleOf = () => {
  const [rule] = Object.values(template.findResources('AWS::Events::Rule', { Properties: { Name: 'rescind-watch' } }));
  return rule?.Properties;
};
const queueOf = (name: string) =>
  Object.entries(template.findResources('AWS::SQS::Queue')).find(([id]) => id.startsWith(`Watch${name}`))?.[1]
    ?.Properties;
const policyOf = (name: string): Statement[] =>
  Object.entries(template.findResources('AWS::SQS::QueuePolicy'))
    .find(([id]) => id.startsWith(`Watch${name}Policy`))?.[1]
    ?.Properties.PolicyDocument.Statement.map(readStatement);
const sendingTo = (name: string) => policyOf(name).filter(({ actions }) => actions.includes('sqs:SendMessage'));
const reading = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:PurgeQueue'];

const hub = {
  register: { arn: 'R', name: 'r' },
  evidence: { arn: 'E', name: 'e' },
  dataKey: { arn: 'D' },
  signer: { arn: 'S' },
  topic: { arn: 'T' },
};

describe('The watch', () => {
  it('listens to changes in IAM by our roles that IAM did not refuse', () => {
    expect(ruleOf()).toMatchObject({
      EventPattern: {
        source: ['aws.iam'],
        'detail-type': ['AWS API Call via CloudTrail'],
        detail: { eventSource: ['iam.amazonaws.com'], errorCode: [{ exists: false }] },
      },
    });
    // With another state it would be sent every read, too.
    expect(ruleOf()?.State ?? 'ENABLED').toBe('ENABLED');
  });

  it('listens to every function whose role may change identities, but that of schedules', () => {
    const stack = new Stack();
    const options = { hub, settings: parseSettings({}), writes: 'cases' } as const;
    const changes = (permissions: Parameters<typeof statementsFor>[0]) =>
      statementsFor(permissions, options)
        .map((statement) => readStatement(stack.resolve(statement.toStatementJson())))
        .filter(({ effect }) => effect === 'Allow')
        .flatMap(({ actions }) => actions)
        .some((action) => /^iam:(?!Get|List|Simulate|PassRole)/.test(action));
    const changing = [
      ...Object.values(steps)
        .filter((step) => changes(permissionsOf(step).filter(({ on }) => on !== 'trail')))
        .map(({ name }) => `<Steps${name.replace('-', '')}Role.Arn>`),
      ...(changes(rollbackPermissions) ? ['<RollbackFunctionRole.Arn>'] : []),
    ];
    const watched = ruleOf()?.EventPattern.detail.userIdentity.sessionContext.sessionIssuer.arn.map(plain);
    expect(watched.toSorted()).toEqual(changing.toSorted());
  });

  it('waits a quarter of an hour, so that the record is there, and then looks twice', () => {
    expect(queueOf('Queue')).toMatchObject({ DelaySeconds: 900, SqsManagedSseEnabled: true });
    expect(queueOf('Queue')?.RedrivePolicy.maxReceiveCount).toBe(2);
    expect(plain(queueOf('Queue')?.RedrivePolicy.deadLetterTargetArn)).toBe('<WatchUnaccounted.Arn>');
    expect(queueOf('Unaccounted')?.MessageRetentionPeriod).toBe(1_209_600);
  });

  it('takes messages from its rule and from nobody else', () => {
    expect(sendingTo('Queue')).toMatchObject([
      { effect: 'Allow', condition: 'ArnEquals aws:SourceArn <WatchRule.Arn>' },
      { effect: 'Deny', condition: 'ArnNotEquals aws:SourceArn <WatchRule.Arn>' },
    ]);
    expect(sendingTo('Unaccounted')).toMatchObject([
      { effect: 'Allow', condition: 'ArnEquals aws:SourceArn <WatchRule.Arn>' },
    ]);
  });

  it('gives its messages to its function, what is unaccounted to the operator, and lets nobody else read or purge them', () => {
    const readers = ['Queue', 'Unaccounted'].map((name) =>
      policyOf(name).filter(({ effect, actions }) => effect === 'Deny' && actions.includes('sqs:PurgeQueue')),
    );
    expect(readers).toMatchObject([
      [{ actions: reading, condition: 'ArnNotEquals aws:PrincipalArn <WatchFunctionRole.Arn>' }],
      [{ actions: reading, condition: 'ArnNotEquals aws:PrincipalArn <OperatorRole.Arn>' }],
    ]);
  });

  it('keeps what EventBridge could not deliver where it keeps what no record tells of', () => {
    const [target] = ruleOf()?.Targets ?? [];
    expect(plain(target.Arn)).toBe('<WatchQueue.Arn>');
    expect(plain(target.DeadLetterConfig.Arn)).toBe('<WatchUnaccounted.Arn>');
  });

  it('gives back single messages', () => {
    const mappings = Object.values(template.findResources('AWS::Lambda::EventSourceMapping'));
    const own = mappings.filter(({ Properties }) => plain(Properties.EventSourceArn) === '<WatchQueue.Arn>');
    expect(own).toMatchObject([{ Properties: { FunctionResponseTypes: ['ReportBatchItemFailures'] } }]);
  });
});
