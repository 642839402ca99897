import { AccessAnalyzerClient, paginateListAnalyzers } from '@aws-sdk/client-accessanalyzer';
import {
  CloudTrailClient,
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
} from '@aws-sdk/client-cloudtrail';
import {
  DescribeEventSourceCommand,
  DescribeRuleCommand,
  EventBridgeClient,
  ListTargetsByRuleCommand,
} from '@aws-sdk/client-eventbridge';
import { GetDetectorCommand, GuardDutyClient, ListDetectorsCommand } from '@aws-sdk/client-guardduty';
import { GetFunctionCommand, LambdaClient, ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DescribeHubCommand, DescribeSecurityHubV2Command, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { GetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Asked, CheckPorts } from '#core/checks/check';
import type { Around } from '#core/checks/examine';
import { RetryableError } from '#core/error';
import { clientSettings, send } from './client.ts';

const analyzers = new AccessAnalyzerClient(clientSettings);
const trails = new CloudTrailClient(clientSettings);
const events = new EventBridgeClient(clientSettings);
const guardduty = new GuardDutyClient(clientSettings);
const lambda = new LambdaClient(clientSettings);
const secrets = new SecretsManagerClient(clientSettings);
const hub = new SecurityHubClient(clientSettings);
const topics = new SNSClient(clientSettings);
const queues = new SQSClient(clientSettings);

type Send = (input: never) => Promise<object>;

/** The SDK call behind each operation that checks ask. No Lambda bundles them: the command line alone examines. */
export const operations = {
  'access-analyzer:ListAnalyzers': async () => {
    const pages = await Array.fromAsync(paginateListAnalyzers({ client: analyzers }, {}));
    return { analyzers: pages.flatMap((page) => page.analyzers ?? []) };
  },
  'cloudtrail:DescribeTrails': (input) => trails.send(new DescribeTrailsCommand(input)),
  'cloudtrail:GetEventSelectors': (input) => trails.send(new GetEventSelectorsCommand(input)),
  'cloudtrail:GetTrailStatus': (input) => trails.send(new GetTrailStatusCommand(input)),
  'events:DescribeEventSource': (input) => events.send(new DescribeEventSourceCommand(input)),
  'events:DescribeRule': (input) => events.send(new DescribeRuleCommand(input)),
  'events:ListTargetsByRule': (input) => events.send(new ListTargetsByRuleCommand(input)),
  'guardduty:GetDetector': (input) => guardduty.send(new GetDetectorCommand(input)),
  'guardduty:ListDetectors': (input) => guardduty.send(new ListDetectorsCommand(input)),
  'lambda:GetFunction': (input) => lambda.send(new GetFunctionCommand(input)),
  'lambda:ListEventSourceMappings': (input) => lambda.send(new ListEventSourceMappingsCommand(input)),
  'secretsmanager:DescribeSecret': (input) => secrets.send(new DescribeSecretCommand(input)),
  'securityhub:DescribeHub': (input) => hub.send(new DescribeHubCommand(input)),
  'securityhub:DescribeSecurityHubV2': (input) => hub.send(new DescribeSecurityHubV2Command(input)),
  'sns:GetTopicAttributes': (input) => topics.send(new GetTopicAttributesCommand(input)),
  'sqs:GetQueueAttributes': (input) => queues.send(new GetQueueAttributesCommand(input)),
} satisfies Record<Asked, Send>;

export const askAws: Around['aws'] = (operation, input) => {
  const call: Send = operations[operation];
  return send(operation, () => call(input as never));
};

export const statusOf: CheckPorts['statusOf'] = async (url) => {
  try {
    return (await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(5_000) })).status;
  } catch (cause) {
    throw new RetryableError(`${url} does not answer from here`, { cause });
  }
};
