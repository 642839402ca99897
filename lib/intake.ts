import { Duration, Lazy } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import type { Role } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { intakePermissions } from '#adapters/permissions';
import { ruleName } from '#core/ids';
import type { Settings } from '#core/settings';
import type { EventPattern } from '#core/sources/source';
import { acknowledge } from './acknowledge.ts';
import type { CodeOf } from './bundle.ts';
import type { Hub } from './permissions.ts';
import { onlyFromRoles, onlyFromRules, onlyReadBy } from './resource-policies.ts';
import { StepFunction } from './step-function.ts';

/** A batch goes side by side, and takes as long as the few calls of its slowest message, or of one identity's ten. */
const timeout = Duration.seconds(20);

/** From the rules to the function that opens cases: nothing is lost on the way, and nobody but our rules gets in. */
export class Intake extends Construct {
  readonly queue: Queue;
  /** What intake failed on, five times. */
  readonly deadLetters: Queue;
  /** What EventBridge could not deliver to the queue. */
  readonly undelivered: Queue;
  /** What was pushed to our receiver, what a scanner has found, and what people have taken out of the dead letters. */
  readonly received: Queue;
  /** Our own messages: a retry that an operator asks for, a case whose proof no longer holds. */
  readonly control: Queue;
  readonly intake: StepFunction;
  private readonly senders: string[] = [];
  private readonly pushers: string[] = [];
  private readonly ruleArns: string[] = [];

  constructor(scope: Construct, id: string, { hub, settings, code }: { hub: Hub; settings: Settings; code: CodeOf }) {
    super(scope, id);
    const kept = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true, retentionPeriod: Duration.days(14) };
    this.deadLetters = new Queue(this, 'DeadLetters', kept);
    this.undelivered = new Queue(this, 'Undelivered', kept);
    acknowledge(this.undelivered, 'SQS3', 'It is the dead-letter queue of the rules, which name it and not a queue.');
    const read = {
      ...kept,
      // A message comes back only when the function that failed on it can no longer be running (Lambda asks for 6x).
      visibilityTimeout: Duration.seconds(6 * timeout.toSeconds()),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: 5 },
    };
    this.queue = new Queue(this, 'Queue', read);
    this.control = new Queue(this, 'Control', read);
    this.received = new Queue(this, 'Received', read);
    for (const [queue, senders] of [
      [this.control, this.senders],
      [this.received, this.pushers],
    ] as const)
      queue.addToResourcePolicy(onlyFromRoles(queue.queueArn, Lazy.list({ produce: () => senders })));
    for (const queue of [this.queue, this.undelivered]) {
      const arns = Lazy.list({ produce: () => this.ruleArns });
      for (const statement of onlyFromRules(queue.queueArn, arns)) queue.addToResourcePolicy(statement);
    }

    this.intake = new StepFunction(this, 'Function', {
      name: 'intake',
      permissions: intakePermissions,
      writes: 'raw',
      hub,
      settings,
      code,
      timeout,
      memoryMiB: 1024,
      consumes: [this.queue.queueArn, this.control.queueArn, this.received.queueArn],
      environment: { CONTROL: this.control.queueArn, RECEIVED: this.received.queueArn },
    });
    for (const [name, queue] of [
      ['Mapping', this.queue],
      ['ControlMapping', this.control],
      ['ReceivedMapping', this.received],
    ] as const) {
      queue.addToResourcePolicy(onlyReadBy(queue.queueArn, this.intake.role.roleArn));
      new EventSourceMapping(this, name, {
        target: this.intake.function,
        eventSourceArn: queue.queueArn,
        batchSize: 10,
        reportBatchItemFailures: true,
      });
    }
  }

  /** Lets the sessions of a role send to the control queue; its own policy must allow it too. */
  heed(role: Role): void {
    this.senders.push(role.roleArn);
  }

  /** Lets the sessions of a role put events on the queue of received ones; its own policy must allow it too. */
  accept(role: Role): void {
    this.pushers.push(role.roleArn);
  }

  /** A rule for each pattern that sends what matches to the queue, on the default bus unless another is named. */
  listen(source: string, patterns: readonly EventPattern[], eventBusName?: string): void {
    for (const [at, pattern] of patterns.entries()) this.rule(ruleName(source, at), source, pattern, eventBusName);
  }

  private rule(name: string, source: string, pattern: EventPattern, eventBusName?: string): void {
    const rule = new CfnRule(this, name.replace('rescind-', ''), {
      name,
      description: `Rescind: events of the source ${source}`,
      ...(eventBusName && { eventBusName }),
      eventPattern: pattern,
      targets: [
        {
          id: 'intake',
          arn: this.queue.queueArn,
          deadLetterConfig: { arn: this.undelivered.queueArn },
          retryPolicy: { maximumEventAgeInSeconds: Duration.days(1).toSeconds(), maximumRetryAttempts: 185 },
        },
      ],
    });
    this.ruleArns.push(rule.attrArn);
  }
}
