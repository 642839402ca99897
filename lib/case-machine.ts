import { Duration } from 'aws-cdk-lib';
import {
  Choice,
  Condition,
  Fail,
  type INextable,
  type StateMachine,
  Succeed,
  Timeout,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import { firstStep, pipeline, type StepName, stepNames } from '#core/pipeline';
import type { Settings } from '#core/settings';
import { retry, stateMachine } from './machine.ts';
import type { StepFunction } from './step-function.ts';
import { secondsFor } from './steps.ts';

/** A Lambda is ended by its own limit first, which names the fault; the machine's limit is for what Lambda loses. */
const marginSeconds = 10;

/**
 * The case, drawn from `core/pipeline`: a task a step; where several may follow, one choice routes on what the step
 * returned. The state holds the case's id, its run and the next step, nothing of the case.
 */
export class CaseMachine extends Construct {
  readonly machine: StateMachine;

  constructor(
    scope: Construct,
    id: string,
    { functions, settings }: { functions: Record<StepName, StepFunction>; settings: Settings },
  ) {
    super(scope, id);
    const done = new Succeed(this, 'done');
    const parked = new Fail(this, 'parked', {
      error: 'CaseParked',
      cause: 'The case needs attention: its last record says why. See the register or the log of the step park.',
    });
    const route = new Choice(this, 'route');
    const task = (name: StepName) =>
      new LambdaInvoke(this, name, {
        lambdaFunction: functions[name].function,
        payloadResponseOnly: true,
        retryOnServiceExceptions: false,
        taskTimeout: Timeout.duration(Duration.seconds(secondsFor(name, settings) + marginSeconds)),
        resultSelector: { 'caseId.$': '$.caseId', 'run.$': '$.run', 'next.$': '$.next' },
      }).addRetry(retry);
    const tasks = Object.fromEntries(stepNames.map((name) => [name, task(name)])) as Record<StepName, LambdaInvoke>;
    const states = { ...tasks, done, parked };

    const routed = new Set<keyof typeof states>();
    for (const name of stepNames) {
      // A step that fails parks its case; if even that fails, the execution still ends red.
      tasks[name].addCatch(name === 'park' ? parked : tasks.park, { errors: ['States.ALL'], resultPath: '$.error' });
      const [only, ...others] = pipeline[name];
      const next: INextable = tasks[name];
      if (only && others.length === 0) next.next(states[only]);
      else {
        for (const successor of pipeline[name]) routed.add(successor);
        next.next(route);
      }
    }
    for (const name of routed) route.when(Condition.stringEquals('$.next', name), states[name]);
    route.otherwise(parked);

    this.machine = stateMachine(this, {
      name: 'case',
      roleOf: 'machine',
      description: 'Rescind: the case machine',
      start: tasks[firstStep],
      functionArns: stepNames.map((name) => functions[name].function.functionArn),
      // Every attempt of every step fits in three hours; a case that waits for people is parked, not running.
      timeout: Duration.hours(12),
      settings,
    });
  }
}
