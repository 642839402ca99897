import { Duration } from 'aws-cdk-lib';
import { JsonPath, type StateMachine, TaskInput } from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import { stepPermissions } from '#adapters/permissions';
import { takeBackPermissions } from '#core/later/take-back';
import type { Permission } from '#core/permission';
import type { Settings } from '#core/settings';
import { tells } from '#core/steps/step';
import type { CodeOf } from './bundle.ts';
import { retry, stateMachine } from './machine.ts';
import type { Hub } from './permissions.ts';
import { StepFunction } from './step-function.ts';

/** It reads and writes the case as a step does, and holds what undo needs: nothing that cuts, nothing that gives back. */
export const rollbackPermissions: Permission[] = [...takeBackPermissions, tells, ...stepPermissions];

/** Takes back what a case has changed: a machine of its own, which only the operator role may start. */
export class Rollback extends Construct {
  readonly rollback: StepFunction;
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, { hub, settings, code }: { hub: Hub; settings: Settings; code: CodeOf }) {
    super(scope, id);
    this.rollback = new StepFunction(this, 'Function', {
      name: 'rollback',
      permissions: rollbackPermissions,
      writes: 'cases',
      hub,
      settings,
      code,
      // A minute of work, and as long as IAM may be late to show what is to be taken back.
      timeout: Duration.seconds(60 + settings.cutoffLeadSeconds),
      memoryMiB: 256,
    });
    const task = new LambdaInvoke(this, 'rollback', {
      lambdaFunction: this.rollback.function,
      payload: TaskInput.fromObject({
        caseId: JsonPath.stringAt('$.caseId'),
        by: JsonPath.stringAt('$.by'),
        execution: JsonPath.executionId,
      }),
      payloadResponseOnly: true,
      retryOnServiceExceptions: false,
    }).addRetry(retry);
    this.machine = stateMachine(this, {
      name: 'rollback',
      roleOf: 'rollback-machine',
      description: 'Rescind: the rollback machine',
      start: task,
      functionArns: [this.rollback.function.functionArn],
      timeout: Duration.minutes(10),
      settings,
    });
  }
}
