import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { plain, readStatement, synthesise } from './synthesise.ts';

const github = { secretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:rescind/github-Ab12Cd' };
let template: Template;
beforeAll(() => {
  template = synthesise({ github });
}, 60_000);
const one = (type: string) => Object.values(template.findResources(type))[0]?.Properties ?? {};

describe('The receiver', () => {
  it('is not deployed unless the settings name somebody who may push', () => {
    const off = synthesise();
    off.resourceCountIs('AWS::ApiGatewayV2::Api', 0);
    off.resourceCountIs('AWS::Logs::MetricFilter', 0);
    expect(JSON.stringify(off.toJSON())).not.toContain('rescind-receiver');
  });

  it('keeps the hub within its 150 resources', () => {
    const most = synthesise({ github, simulation: true });
    expect(Object.keys(most.toJSON().Resources).length).toBeLessThanOrEqual(150);
  });

  it('is an HTTP API with a throttle of its own, in front of one function', () => {
    expect(one('AWS::ApiGatewayV2::Api')).toMatchObject({ ProtocolType: 'HTTP' });
    expect(one('AWS::ApiGatewayV2::Stage')).toMatchObject({
      StageName: '$default',
      DefaultRouteSettings: { ThrottlingRateLimit: 10, ThrottlingBurstLimit: 20 },
    });
    expect(plain(one('AWS::ApiGatewayV2::Integration').IntegrationUri)).toBe('<ReceiverFunction.Arn>');
  });

  it('is called by that API and by nobody else', () => {
    const permissions = Object.values(template.findResources('AWS::Lambda::Permission')).filter(
      ({ Properties }) => plain(Properties.FunctionName) === '<ReceiverFunction.Arn>',
    );
    expect(permissions.map(({ Properties }) => [Properties.Principal, plain(Properties.SourceArn)])).toEqual([
      ['apigateway.amazonaws.com', 'arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<ReceiverApi>/*'],
    ]);
  });

  it('alone may send to the queue of received events, beside the operator, who brings dead letters back', () => {
    const policy = Object.entries(template.findResources('AWS::SQS::QueuePolicy')).find(([id]) =>
      id.startsWith('IntakeReceivedPolicy'),
    )?.[1];
    const denied = policy?.Properties.PolicyDocument.Statement.map(readStatement).filter(
      ({ actions }: { actions: string[] }) => actions.includes('sqs:SendMessage'),
    );
    expect(denied).toEqual([
      {
        effect: 'Deny',
        actions: ['sqs:SendMessage'],
        resources: ['<IntakeReceived.Arn>'],
        condition: 'ArnNotEquals aws:PrincipalArn <OperatorRole.Arn> <ReceiverFunctionRole.Arn>',
      },
    ]);
  });

  it('counts what it refuses, by the words of its log, and alarms where it is much', () => {
    const filters = Object.values(template.findResources('AWS::Logs::MetricFilter')).map(
      ({ Properties }) => Properties,
    );
    expect(filters.map(({ FilterPattern }) => FilterPattern)).toEqual([
      '{ $.message = "request refused" }',
      '{ $.message = "request failed" }',
    ]);
    expect(filters[0]).toMatchObject({
      FilterPattern: '{ $.message = "request refused" }',
      MetricTransformations: [{ MetricNamespace: 'Rescind', MetricName: 'RefusedRequests', MetricValue: '1' }],
    });
    const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);
    expect(alarms.find(({ MetricName }) => MetricName === 'RefusedRequests')).toMatchObject({
      Namespace: 'Rescind',
      Threshold: 10,
      Period: 300,
    });
  });

  it('is named by an output', () => {
    expect(plain(template.findOutputs('ReceiverUrl').ReceiverUrl?.Value)).toBe(
      'https://<ReceiverApi>.execute-api.<AWS::Region>.<AWS::URLSuffix>',
    );
  });
});
