import { Aws, Duration, Fn, RemovalPolicy } from 'aws-cdk-lib';
import { Policy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import {
  Choice,
  Condition,
  DefinitionBody,
  Fail,
  type INextable,
  JitterType,
  LogLevel,
  StateMachine,
  StateMachineType,
  Succeed,
  Timeout,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import { firstStep, pipeline, type StepName, stepNames } from '#core/pipeline';
import type { Settings } from '#core/settings';
import { acknowledgeWildcards } from './acknowledge.ts';
import { machineStatements, roleName } from './permissions.ts';
import type { StepFunction } from './step-function.ts';
import { secondsFor } from './steps.ts';

/**
 * What another try may cure: faults that our steps name so, and the Lambda service's own (Step Functions Developer
 * Guide, "Handle transient Lambda service exceptions"). Not a timeout: a step that hung once is for a person to see.
 */
const retryable = [
  'Retryable',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
];

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
      }).addRetry({
        errors: retryable,
        interval: Duration.seconds(1),
        backoffRate: 2,
        maxAttempts: 4,
        maxDelay: Duration.seconds(20),
        jitterStrategy: JitterType.FULL,
      });
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

    const role = new Role(this, 'Role', {
      roleName: roleName('machine'),
      description: 'Rescind: the case machine',
      assumedBy: new ServicePrincipal('states.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    });
    const policy = new Policy(this, 'Policy', {
      roles: [role],
      statements: machineStatements(stepNames.map((name) => functions[name].function.functionArn)),
    });
    acknowledgeWildcards(policy);

    this.machine = new StateMachine(this, 'Machine', {
      stateMachineName: 'rescind-case',
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromChainable(tasks[firstStep]),
      role: role.withoutPolicyUpdates(),
      // Every attempt of every step fits in three hours; a case that waits for people is parked, not running.
      timeout: Duration.hours(12),
      tracingEnabled: true,
      logs: { destination: this.logGroup(settings), level: LogLevel.ALL, includeExecutionData: false },
    });
    this.machine.node.addDependency(policy);
  }

  /** Under `/aws/vendedlogs/`, or log delivery outgrows the account's resource policy; unique, so that a kept one never stands in the way. */
  private logGroup(settings: Settings): LogGroup {
    const stackId = Fn.select(2, Fn.split('/', Aws.STACK_ID));
    return new LogGroup(this, 'Logs', {
      logGroupName: `/aws/vendedlogs/states/rescind-case-${stackId}`,
      retention: settings.logRetentionDays,
      removalPolicy: settings.production ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
  }
}
