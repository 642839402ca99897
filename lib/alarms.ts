import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Intake } from './intake.ts';
import type { HttpReceiver } from './receiver.ts';
import type { StepFunction } from './step-function.ts';

const period = Duration.minutes(1);
/** A finding that waits longer than this is late for a cut. */
const lateSeconds = 300;
/** As many refused requests in five minutes are somebody trying, or a sender that is set up wrongly. */
const manyRefused = 10;

/** What wakes somebody up. Each alarm is one metric: the sentence says what happened and what to look at. */
export class Alarms extends Construct {
  constructor(
    scope: Construct,
    id: string,
    {
      topic,
      intake,
      machine,
      rollback,
      park,
      look,
      rotation,
      unaccounted,
      receiver,
    }: {
      topic: ITopic;
      intake: Intake;
      machine: StateMachine;
      rollback: StateMachine;
      park: StepFunction;
      look: StepFunction;
      rotation: StepFunction;
      unaccounted: IQueue;
      receiver: HttpReceiver | null;
    },
  ) {
    super(scope, id);
    const sum = { period, statistic: 'Sum' };
    const max = { period, statistic: 'Maximum' };
    const alarm = (name: string, alarmDescription: string, metric: Metric, threshold = 1) =>
      new Alarm(this, name, {
        alarmDescription: `Rescind: ${alarmDescription}`,
        metric,
        threshold,
        evaluationPeriods: 1,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      }).addAlarmAction(new SnsAction(topic));

    alarm(
      'DeadLetters',
      'a finding, or a message of our own, failed intake five times; it is kept in the dead-letter queue for 14 days',
      intake.deadLetters.metricApproximateNumberOfMessagesVisible(max),
    );
    alarm(
      'Undelivered',
      'EventBridge could not deliver a finding; it is kept in the queue of undelivered events for 14 days',
      intake.undelivered.metricApproximateNumberOfMessagesVisible(max),
    );
    alarm(
      'LateFindings',
      'a finding waits in the intake queue for more than five minutes',
      intake.queue.metricApproximateAgeOfOldestMessage(max),
      lateSeconds,
    );
    alarm('IntakeErrors', 'intake failed; its log says on what', intake.intake.function.metricErrors(sum));
    alarm('FailedExecutions', 'a case ended red; the register says which', machine.metricFailed(sum));
    alarm('TimedOutExecutions', 'a case ran for half a day and was ended', machine.metricTimedOut(sum));
    alarm('AbortedExecutions', 'somebody stopped a running case', machine.metricAborted(sum));
    alarm('FailedRollbacks', 'a rollback failed; its execution says on what', rollback.metricFailed(sum));
    alarm(
      'LookErrors',
      'a closed case could not be looked at again; the log of the look says why',
      look.function.metricErrors(sum),
    );
    alarm(
      'RotationErrors',
      'a scheduled rotation failed; the log of rotation says on what',
      rotation.function.metricErrors(sum),
    );
    alarm(
      'UnaccountedChanges',
      'a role of ours changed IAM and no record tells of it; the queue of unaccounted changes says what',
      unaccounted.metricApproximateNumberOfMessagesVisible(max),
    );
    if (receiver) {
      alarm(
        'RefusedRequests',
        'many requests to the receiver were refused; its log says why',
        receiver.refused,
        manyRefused,
      );
      alarm('FailedRequests', 'the receiver could not handle a request; its log says why', receiver.failed);
      alarm(
        'ReceiverErrors',
        'the receiver crashed or ran out of time; its log says on what',
        receiver.receiver.function.metricErrors(sum),
      );
    }
    // The step runs for parked cases alone, so its invocations count them without any code.
    alarm('ParkedCases', 'a case needs attention; its last record says why', park.function.metricInvocations(sum));
  }
}
