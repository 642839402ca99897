import { Duration } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { watchPermissions } from '#core/later/watch-call';
import type { Settings } from '#core/settings';
import type { CodeOf } from './bundle.ts';
import type { Hub } from './permissions.ts';
import { onlyFromRules, onlyReadBy } from './resource-policies.ts';
import { StepFunction } from './step-function.ts';

export interface WatchProps {
  hub: Hub;
  settings: Settings;
  code: CodeOf;
  /** Our roles that change identities. */
  roles: IRole[];
}

/**
 * Compares what our roles change in IAM, as CloudTrail tells it, with the records. Who uses such a role beside the
 * pipeline leaves a change that no record tells of. IAM's events reach EventBridge in us-east-1 alone, and need a trail.
 */
export class Watch extends Construct {
  readonly watch: StepFunction;
  /** Changes that no record tells of, and those that could not be looked into. */
  readonly unaccounted: Queue;
  /** What the rule sends to. */
  readonly queue: Queue;

  constructor(scope: Construct, id: string, { hub, settings, code, roles }: WatchProps) {
    super(scope, id);
    const kept = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true, retentionPeriod: Duration.days(14) };
    this.unaccounted = new Queue(this, 'Unaccounted', kept);
    this.queue = new Queue(this, 'Queue', {
      ...kept,
      // The longest there is: a step writes its record last, and may be tried again for some minutes before.
      deliveryDelay: Duration.minutes(15),
      visibilityTimeout: Duration.minutes(5),
      // As often as functions/watch.ts looks.
      deadLetterQueue: { queue: this.unaccounted, maxReceiveCount: 2 },
    });
    const rule = new CfnRule(this, 'Rule', {
      name: 'rescind-watch',
      description: 'Rescind: changes in IAM by our own roles',
      // Calls that IAM refused have changed nothing. Reads do not reach a rule that is only enabled.
      eventPattern: {
        source: ['aws.iam'],
        'detail-type': ['AWS API Call via CloudTrail'],
        detail: {
          eventSource: ['iam.amazonaws.com'],
          errorCode: [{ exists: false }],
          userIdentity: { sessionContext: { sessionIssuer: { arn: roles.map(({ roleArn }) => roleArn) } } },
        },
      },
      targets: [
        {
          id: 'watch',
          arn: this.queue.queueArn,
          deadLetterConfig: { arn: this.unaccounted.queueArn },
          retryPolicy: { maximumEventAgeInSeconds: Duration.days(1).toSeconds(), maximumRetryAttempts: 185 },
        },
      ],
    });
    for (const statement of onlyFromRules(this.queue.queueArn, [rule.attrArn]))
      this.queue.addToResourcePolicy(statement);
    // Beside the rule, the queue itself puts messages here, so that nobody else is not denied.
    const [ours] = onlyFromRules(this.unaccounted.queueArn, [rule.attrArn]);
    if (ours) this.unaccounted.addToResourcePolicy(ours);

    this.watch = new StepFunction(this, 'Function', {
      name: 'watch',
      permissions: watchPermissions,
      writes: 'cases',
      hub,
      settings,
      code,
      timeout: Duration.seconds(20),
      memoryMiB: 256,
      consumes: [this.queue.queueArn],
    });
    this.queue.addToResourcePolicy(onlyReadBy(this.queue.queueArn, this.watch.role.roleArn));
    new EventSourceMapping(this, 'Mapping', {
      target: this.watch.function,
      eventSourceArn: this.queue.queueArn,
      batchSize: 10,
      reportBatchItemFailures: true,
    });
  }
}
