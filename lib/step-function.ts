import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Policy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Function as Lambda, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Permission } from '#core/permission';
import { acknowledgeWildcards } from './acknowledge.ts';
import type { CodeOf } from './bundle.ts';
import {
  consumerStatement,
  lookArn,
  lookRoleArn,
  type RoleOptions,
  roleName,
  runtimeStatements,
  statementsFor,
} from './permissions.ts';

export interface StepFunctionProps extends RoleOptions {
  /** Its file in `functions/`. */
  name: string;
  permissions: readonly Permission[];
  code: CodeOf;
  timeout: Duration;
  memoryMiB: number;
  /** ARNs of the queues that it is called for. */
  consumes?: string[];
  environment?: Record<string, string>;
}

/**
 * The house Lambda: its own role with what it declares and nothing else, its own log group, and the names of only
 * those things that its permissions reach. arm64, because nothing in the bundles is native and it costs a fifth less.
 */
export class StepFunction extends Construct {
  readonly function: Lambda;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: StepFunctionProps) {
    super(scope, id);
    const { name, permissions, settings } = props;
    const logGroup = new LogGroup(this, 'Logs', {
      retention: settings.logRetentionDays,
      removalPolicy: settings.production ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, 'Role', {
      roleName: roleName(name),
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `Rescind: ${name}`,
    });
    const policy = new Policy(this, 'Policy', {
      roles: [this.role],
      statements: [
        ...statementsFor(permissions, props),
        ...runtimeStatements(logGroup.logGroupArn),
        ...(props.consumes ? [consumerStatement(props.consumes)] : []),
      ],
    });
    acknowledgeWildcards(policy);

    this.function = new Lambda(this, 'Function', {
      functionName: `rescind-${name}`,
      description: `Rescind: ${name}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: props.code(name),
      // CDK adds nothing to the role: what it holds is written in permissions.ts.
      role: this.role.withoutPolicyUpdates(),
      timeout: props.timeout,
      memorySize: props.memoryMiB,
      tracing: Tracing.ACTIVE,
      logGroup,
      environment: environmentOf(props),
    });
    // Nothing may call it before its role is complete.
    this.function.node.addDependency(policy);
  }
}

/** Names of what the function's permissions reach; a function that cannot use a thing is not told of it. */
function environmentOf({ permissions, hub, environment }: StepFunctionProps): Record<string, string> {
  const reached = new Set(permissions.map(({ on }) => on));
  return {
    ...((reached.has('register') || reached.has('received-rows')) && { REGISTER: hub.register.name }),
    ...(reached.has('evidence') && { EVIDENCE: hub.evidence.name, DATA_KEY: hub.dataKey.arn }),
    ...(reached.has('signer') && { SIGNER: hub.signer.arn }),
    ...(reached.has('topic') && { TOPIC: hub.topic.arn }),
    ...(reached.has('machine') && hub.machine && { MACHINE: hub.machine.arn }),
    ...(reached.has('look-schedule') && { LOOK: lookArn(), LOOK_ROLE: lookRoleArn() }),
    ...(reached.has('received') && hub.received && { RECEIVED_QUEUE: hub.received.url }),
    ...(reached.has('control') && hub.control && { CONTROL_QUEUE: hub.control.url }),
    ...environment,
  };
}
