import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { plain, readStatement, synthesise } from './synthesise.ts';

let template: Template;
beforeAll(() => {
  template = synthesise();
}, 60_000);

const alarms = () =>
  Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);

describe('Somebody is woken', () => {
  it.each([
    ['AWS/SQS', 'ApproximateNumberOfMessagesVisible', '<IntakeDeadLetters.QueueName>', 1],
    ['AWS/SQS', 'ApproximateNumberOfMessagesVisible', '<IntakeUndelivered.QueueName>', 1],
    ['AWS/SQS', 'ApproximateAgeOfOldestMessage', '<IntakeQueue.QueueName>', 300],
    ['AWS/Lambda', 'Errors', '<IntakeFunction>', 1],
    ['AWS/States', 'ExecutionsFailed', '<CaseMachine>', 1],
    ['AWS/States', 'ExecutionsTimedOut', '<CaseMachine>', 1],
    ['AWS/States', 'ExecutionsAborted', '<CaseMachine>', 1],
    ['AWS/States', 'ExecutionsFailed', '<RollbackMachine>', 1],
    ['AWS/Lambda', 'Errors', '<RotationFunction>', 1],
    ['AWS/SQS', 'ApproximateNumberOfMessagesVisible', '<WatchUnaccounted.QueueName>', 1],
    ['AWS/Lambda', 'Errors', '<LookFunction>', 1],
    // The step runs for parked cases alone.
    ['AWS/Lambda', 'Invocations', '<StepsparkFunction>', 1],
  ])('by %s %s of %s from %d on', (namespace, metric, of, threshold) => {
    const found = alarms().filter(
      (alarm) =>
        alarm.Namespace === namespace && alarm.MetricName === metric && plain(alarm.Dimensions[0].Value) === of,
    );
    expect(found).toMatchObject([
      { Threshold: threshold, ComparisonOperator: 'GreaterThanOrEqualToThreshold', Period: 60 },
    ]);
  });

  it('through the one topic, and not by missing data', () => {
    for (const { AlarmActions, TreatMissingData, Metrics } of alarms()) {
      expect(AlarmActions.map(plain)).toEqual(['<NoticesTopic>']);
      expect(TreatMissingData).toBe('notBreaching');
      // Metric math is refused by the engine.
      expect(Metrics).toBeUndefined();
    }
  });
});

describe('The topic', () => {
  it('is encrypted with the data key, which also lets alarms publish', () => {
    const [topic] = Object.values(template.findResources('AWS::SNS::Topic'));
    expect(plain(topic?.Properties.KmsMasterKeyId)).toBe('<StorageDataKey.Arn>');
  });

  it('takes notices over TLS only, and alarms of this account only', () => {
    const [policy] = Object.values(template.findResources('AWS::SNS::TopicPolicy'));
    expect(policy?.Properties.PolicyDocument.Statement.map(readStatement)).toMatchObject([
      { effect: 'Deny', actions: ['sns:Publish'], condition: 'Bool aws:SecureTransport false' },
      { effect: 'Allow', actions: ['sns:Publish'], condition: 'StringEquals aws:SourceAccount <AWS::AccountId>' },
    ]);
  });
});
