import { Aws, Duration } from 'aws-cdk-lib';
import { CfnApi, CfnIntegration, CfnRoute, CfnStage } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { receiverPermissions } from '#adapters/permissions';
import type { Settings } from '#core/settings';
import { acknowledge } from './acknowledge.ts';
import type { CodeOf } from './bundle.ts';
import type { Hub } from './permissions.ts';
import { StepFunction } from './step-function.ts';

/** Requests a second, and in a burst: transmitters push one token at a time, and whoever floods us waits outside. */
const throttle = { throttlingRateLimit: 10, throttlingBurstLimit: 20 };

/** The door for sources that push: an HTTP API with its own throttle, and the function that believes nobody. */
export class HttpReceiver extends Construct {
  readonly receiver: StepFunction;
  readonly url: string;
  /** Requests that it has refused, in five minutes. */
  readonly refused: Metric;
  /** Requests that it could not handle: it answers them, so that the function's own errors do not tell. */
  readonly failed: Metric;

  constructor(scope: Construct, id: string, { hub, settings, code }: { hub: Hub; settings: Settings; code: CodeOf }) {
    super(scope, id);
    this.receiver = new StepFunction(this, 'Function', {
      name: 'receiver',
      permissions: receiverPermissions,
      writes: 'raw',
      hub,
      settings,
      code,
      timeout: Duration.seconds(10),
      memoryMiB: 512,
    });
    const { functionArn } = this.receiver.function;
    const api = new CfnApi(this, 'Api', {
      name: 'rescind-receiver',
      protocolType: 'HTTP',
      description: 'Rescind: security event tokens and webhooks',
    });
    const integration = new CfnIntegration(this, 'Integration', {
      apiId: api.ref,
      integrationType: 'AWS_PROXY',
      integrationUri: functionArn,
      payloadFormatVersion: '2.0',
    });
    const route = new CfnRoute(this, 'Route', {
      apiId: api.ref,
      routeKey: '$default',
      target: `integrations/${integration.ref}`,
    });
    acknowledge(route, 'APIG4', 'Whoever pushes has no identity of ours: each request is judged by its signature.');
    const stage = new CfnStage(this, 'Stage', {
      apiId: api.ref,
      stageName: '$default',
      autoDeploy: true,
      defaultRouteSettings: throttle,
    });
    acknowledge(stage, 'APIG1', 'The function logs each request, without what a stranger wrote into it.');
    new CfnPermission(this, 'Invoke', {
      action: 'lambda:InvokeFunction',
      functionName: functionArn,
      principal: 'apigateway.amazonaws.com',
      sourceArn: `arn:${Aws.PARTITION}:execute-api:${Aws.REGION}:${Aws.ACCOUNT_ID}:${api.ref}/*`,
    });
    this.url = `https://${api.ref}.execute-api.${Aws.REGION}.${Aws.URL_SUFFIX}`;

    const counted = (name: string, message: string) =>
      new MetricFilter(this, name, {
        logGroup: this.receiver.function.logGroup,
        metricNamespace: 'Rescind',
        metricName: `${name}Requests`,
        filterPattern: FilterPattern.stringValue('$.message', '=', message),
      }).metric({ statistic: 'Sum', period: Duration.minutes(5) });
    this.refused = counted('Refused', 'request refused');
    this.failed = counted('Failed', 'request failed');
  }
}
