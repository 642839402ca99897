import { join } from 'node:path';
import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Architecture, Function as Lambda, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, StateMachine, Succeed } from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { parseSettings } from '#core/settings';
import { bundledCode } from '#lib/bundle';

/** What the events of each peer come from. */
export const peerSources = { barest: 'bench.barest', direct: 'bench.direct' } as const;

/**
 * What Rescind is measured against, on a bus of its own: the barest pipeline of the same shape (rule, queue, Lambda,
 * machine, Lambda with the same writes), and the one-Lambda pipeline (rule, Lambda with the writes). Same bundler and
 * memory as Rescind's own; no checks, no stores, no logs, no retries.
 */
export function peerApp(outdir: string, env: { account: string; region: string }): void {
  const app = new App({ outdir, analyticsReporting: false });
  const stack = new Stack(app, 'Peers', { env });
  const code = bundledCode(stack, parseSettings({}), join(import.meta.dirname, 'peers'));
  const lambda = (name: string, environment: Record<string, string> = {}) =>
    new Lambda(stack, name, {
      functionName: `peer-${name}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: code(name),
      memorySize: 1024,
      timeout: Duration.seconds(20),
      environment,
    });
  const writes = new PolicyStatement({
    actions: ['iam:UpdateAccessKey', 'iam:PutUserPolicy'],
    resources: [`arn:aws:iam::${env.account}:user/*`],
  });
  const bus = new EventBus(stack, 'Bus', { eventBusName: 'peers' });
  const ruleFor = (source: string) => new Rule(stack, source, { eventBus: bus, eventPattern: { source: [source] } });

  const cut = lambda('cut');
  cut.addToRolePolicy(writes);
  const task = new LambdaInvoke(stack, 'Cut', { lambdaFunction: cut, payloadResponseOnly: true });
  const machine = new StateMachine(stack, 'Machine', {
    definitionBody: DefinitionBody.fromChainable(task.next(new Succeed(stack, 'done'))),
  });
  const start = lambda('start', { MACHINE: machine.stateMachineArn });
  machine.grantStartExecution(start);
  const queue = new Queue(stack, 'Queue', { visibilityTimeout: Duration.seconds(120) });
  start.addEventSource(new SqsEventSource(queue, { batchSize: 10 }));
  ruleFor(peerSources.barest).addTarget(new SqsQueue(queue));

  const direct = lambda('direct');
  direct.addToRolePolicy(writes);
  ruleFor(peerSources.direct).addTarget(new LambdaTarget(direct));

  new CfnOutput(stack, 'BusName', { value: bus.eventBusName });
  app.synth();
}
