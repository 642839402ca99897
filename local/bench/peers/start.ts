import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { SQSEvent } from 'aws-lambda';

const sfn = new SFNClient({});

/** From the queue to the barest machine: nothing is checked, nothing is stored. */
export const handler = async ({ Records }: SQSEvent) => {
  for (const { body } of Records) {
    const { detail } = JSON.parse(body) as { detail: object };
    const start = { stateMachineArn: process.env.MACHINE, input: JSON.stringify(detail) };
    await sfn.send(new StartExecutionCommand(start));
  }
};
