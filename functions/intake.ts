import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { batch } from '#adapters/batch';
import { deployment, given } from '#adapters/deployment';
import { evidenceBucket } from '#adapters/evidence';
import { log } from '#adapters/log';
import { caseMachine } from '#adapters/machine';
import { caseTable } from '#adapters/register';
import { laneOf } from '#core/intake/lane';
import { takeControl } from '#core/intake/take-control';
import { takeIn } from '#core/intake/take-in';

/**
 * Reads the queues; which one a message came from says what it may be: only the control queue holds our own, and only the
 * queue of received events what was pushed to our receiver. A message
 * that fails, or that nobody may act on, goes back, and after five tries to the DLQ.
 */
export const handler = async ({ Records }: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
  log.addContext(context);
  const { settings } = deployment(context.invokedFunctionArn);
  const around = {
    register: caseTable(given('REGISTER')),
    evidence: evidenceBucket(given('EVIDENCE'), given('DATA_KEY')),
    start: caseMachine(given('MACHINE')),
    settings,
    now: () => new Date(),
  };
  const isControl = ({ eventSourceARN }: SQSRecord) => eventSourceARN === given('CONTROL');
  const byRule = ({ eventSourceARN }: SQSRecord) => eventSourceARN !== given('RECEIVED');
  const handle = async (record: SQSRecord): Promise<void> => {
    const { body, messageId } = record;
    try {
      if (isControl(record)) log.info('control', { messageId, ...(await takeControl(body, around)) });
      else
        for (const taken of await takeIn(body, { ...around, byRule: byRule(record) }))
          log.info('event', { messageId, ...taken });
    } catch (error) {
      const { name, message } = error as Error;
      log.error('event not taken in', { messageId, name, message });
      throw error;
    }
  };
  return batch(Records, (record) => (isControl(record) ? null : laneOf(record.body, settings)), handle);
};
