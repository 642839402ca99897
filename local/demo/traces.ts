import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { GetExecutionHistoryCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Cloud } from '../cloud.ts';

/** Everything that a run leaves behind it, as text, by where it lies. */
export type Traces = { where: string; text: string }[];

const clientsOf = ({ engine: { endpoint, region, root } }: Cloud) => {
  const config = { endpoint, region, credentials: root };
  return {
    logs: new CloudWatchLogsClient(config),
    db: new DynamoDBClient(config),
    s3: new S3Client({ ...config, forcePathStyle: true }),
    sfn: new SFNClient(config),
    sqs: new SQSClient(config),
  };
};

export interface LoggedCall {
  function: string;
  /** IAM actions that the call needed. */
  actions: string[];
  outcome: string;
}

export function tracesOf(cloud: Cloud) {
  const { logs, db, s3, sfn, sqs } = clientsOf(cloud);
  const { EvidenceBucket, RegisterTable, CaseMachine, IntakeQueue, DeadLetterQueue } = cloud.outputs;

  const groups = async (): Promise<Traces> => {
    const { logGroups } = await logs.send(new DescribeLogGroupsCommand({}));
    const all: Traces = [];
    for (const { logGroupName = '' } of logGroups ?? []) {
      let nextToken: string | undefined;
      do {
        const page = await logs.send(new FilterLogEventsCommand({ logGroupName, ...(nextToken && { nextToken }) }));
        for (const { message = '' } of page.events ?? []) all.push({ where: logGroupName, text: message });
        nextToken = page.nextToken === nextToken ? undefined : page.nextToken;
      } while (nextToken);
    }
    return all;
  };

  const objects = async (): Promise<Traces> => {
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket: EvidenceBucket }));
    const all: Traces = [];
    for (const { Key = '' } of Contents ?? []) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: EvidenceBucket, Key }));
      const text = (await Body?.transformToString()) ?? '';
      all.push({ where: `s3 ${Key}`, text: Key.startsWith('cases/') ? unsealed(text) : text });
    }
    return all;
  };

  const rows = async (): Promise<Traces> => {
    const { Items } = await db.send(new ScanCommand({ TableName: RegisterTable }));
    return [{ where: 'the register', text: JSON.stringify(Items) }];
  };

  const executions = async () => {
    const { executions: all } = await sfn.send(new ListExecutionsCommand({ stateMachineArn: CaseMachine }));
    return (all ?? []).map(({ name = '', status = '', executionArn = '' }) => ({ name, status, executionArn }));
  };

  const histories = async (): Promise<Traces> => {
    const all: Traces = [];
    for (const { name, executionArn } of await executions()) {
      const { events } = await sfn.send(new GetExecutionHistoryCommand({ executionArn }));
      all.push({ where: `execution ${name}`, text: JSON.stringify(events) });
    }
    return all;
  };

  return {
    executions,
    /** Logs, records (their payload decoded), raw events, the register and the machine's history. */
    all: async (): Promise<Traces> => (await Promise.all([groups(), objects(), rows(), histories()])).flat(),
    /** Which AWS operation each function has called, by its own logs. */
    async calls(): Promise<LoggedCall[]> {
      return (await groups()).flatMap(({ text }) => {
        if (!text.startsWith('{') || !text.includes('"actions"')) return [];
        const { function_name, actions, outcome } = JSON.parse(text) as LoggedCall & { function_name: string };
        return [{ function: function_name, actions, outcome }];
      });
    },
    /** Messages that were not taken in: dead, or on their way there by one try every two minutes. */
    async notTakenIn(): Promise<number> {
      const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
      const counts = [IntakeQueue, DeadLetterQueue].map(async (QueueUrl) => {
        const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...names] }));
        return names.reduce((sum, name) => sum + Number(Attributes?.[name] ?? 0), 0);
      });
      return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
    },
    close() {
      for (const client of [logs, db, s3, sfn, sqs]) client.destroy();
    },
  };
}

/** An envelope with its payload in clear, so that what it holds can be searched. */
function unsealed(text: string): string {
  const { payload } = JSON.parse(text) as { payload: string };
  return text + Buffer.from(payload, 'base64').toString('utf8');
}

/** Where one of the secrets stands, in clear or in base64. */
export function leaksIn(traces: Traces, secrets: string[]): string[] {
  const forms = secrets.flatMap((secret) => [secret, Buffer.from(secret).toString('base64').replace(/=+$/, '')]);
  return [...new Set(traces.filter(({ text }) => forms.some((form) => text.includes(form))).map(({ where }) => where))];
}
