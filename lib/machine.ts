import { Aws, Duration, Fn, RemovalPolicy } from 'aws-cdk-lib';
import { Policy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import {
  DefinitionBody,
  type IChainable,
  JitterType,
  LogLevel,
  type RetryProps,
  StateMachine,
  StateMachineType,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { Settings } from '#core/settings';
import { acknowledgeWildcards } from './acknowledge.ts';
import { machineStatements, roleName } from './permissions.ts';

/**
 * What another try may cure: faults that our functions name so, and the Lambda service's own (Step Functions Developer
 * Guide, "Handle transient Lambda service exceptions"). Not a timeout: a step that hung once is for a person to see.
 */
export const retry: RetryProps = {
  errors: [
    'Retryable',
    'Lambda.ClientExecutionTimeoutException',
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
    'Lambda.TooManyRequestsException',
  ],
  interval: Duration.seconds(1),
  backoffRate: 2,
  maxAttempts: 4,
  maxDelay: Duration.seconds(20),
  jitterStrategy: JitterType.FULL,
};

export interface MachineProps {
  /** Without the prefix of all our names. */
  name: string;
  roleOf: string;
  description: string;
  start: IChainable;
  functionArns: string[];
  timeout: Duration;
  settings: Settings;
}

/** The house machine: its own role that may invoke its functions and nothing else, traces, and a log without data. */
export function stateMachine(scope: Construct, props: MachineProps): StateMachine {
  const role = new Role(scope, 'Role', {
    roleName: roleName(props.roleOf),
    description: props.description,
    assumedBy: new ServicePrincipal('states.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
  });
  const policy = new Policy(scope, 'Policy', { roles: [role], statements: machineStatements(props.functionArns) });
  acknowledgeWildcards(policy);
  const machine = new StateMachine(scope, 'Machine', {
    stateMachineName: `rescind-${props.name}`,
    stateMachineType: StateMachineType.STANDARD,
    definitionBody: DefinitionBody.fromChainable(props.start),
    role: role.withoutPolicyUpdates(),
    timeout: props.timeout,
    tracingEnabled: true,
    logs: { destination: logGroup(scope, props), level: LogLevel.ALL, includeExecutionData: false },
  });
  machine.node.addDependency(policy);
  return machine;
}

/** Under `/aws/vendedlogs/`, or log delivery outgrows the account's resource policy; unique, so that a kept one never stands in the way. */
function logGroup(scope: Construct, { name, settings }: MachineProps): LogGroup {
  const stackId = Fn.select(2, Fn.split('/', Aws.STACK_ID));
  return new LogGroup(scope, 'Logs', {
    logGroupName: `/aws/vendedlogs/states/rescind-${name}-${stackId}`,
    retention: settings.logRetentionDays,
    removalPolicy: settings.production ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
}
