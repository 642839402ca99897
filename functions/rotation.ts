import type { Context } from 'aws-lambda';
import { begunRotations } from '#adapters/begun-rotations';
import { awsCaller } from '#adapters/call-aws';
import { deployment, given } from '#adapters/deployment';
import { iamOperations } from '#adapters/iam';
import { log } from '#adapters/log';
import { callAs } from '#adapters/probe';
import { caseTable } from '#adapters/register';
import { secretOperations } from '#adapters/secrets-manager';
import { rotateBySchedule } from '#core/rotators/scheduled-rotation';

/** The rotation function that a managed secret may name: Secrets Manager calls it four times a rotation. */
export const handler = async (event: { Step?: unknown }, context: Context): Promise<void> => {
  log.addContext(context);
  const now = () => new Date();
  const { call: aws, probe } = awsCaller({ ...iamOperations, ...secretOperations }, now, callAs);
  const wait = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
  const outcome = await rotateBySchedule(event, {
    ports: { aws, probe, now, wait, deployment: deployment(context.invokedFunctionArn) },
    begun: begunRotations(given('REGISTER')),
    stopSwitch: caseTable(given('REGISTER')).stopSwitch,
  });
  log.info('rotation', { step: event.Step, outcome });
};
