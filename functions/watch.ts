import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { given } from '#adapters/deployment';
import { evidenceBucket } from '#adapters/evidence';
import { log } from '#adapters/log';
import { caseTable } from '#adapters/register';
import { kmsSigner } from '#adapters/signer';
import { topic } from '#adapters/topic';
import { watchCall } from '#core/later/watch-call';

/** How often the queue hands a message over before it keeps it for people. */
const looks = 2;

/**
 * Asks of every change that our roles make whether a record tells of it. What none does is handed back: once more a
 * little later, because its step may be writing still, and then to the queue that wakes somebody.
 */
export const handler = async ({ Records }: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
  log.addContext(context);
  const around = {
    register: caseTable(given('REGISTER')),
    evidence: evidenceBucket(given('EVIDENCE'), given('DATA_KEY')),
    signer: kmsSigner(given('SIGNER')),
  };
  const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
  for (const { body, messageId, attributes } of Records) {
    try {
      const watched = await watchCall(body, around);
      if (watched.outcome !== 'unaccounted') {
        log.info('watch', { messageId, ...watched });
        continue;
      }
      const isLast = Number(attributes?.ApproximateReceiveCount ?? looks) >= looks;
      log.error('no record tells of a change by our role', { messageId, isLast, ...watched.call });
      if (isLast) await topic(given('TOPIC'))({ what: 'unaccounted', caseId: null, summary: { ...watched.call } });
    } catch (error) {
      const { name, message } = error as Error;
      log.error('a change by our role was not looked into', { messageId, name, message });
    }
    batchItemFailures.push({ itemIdentifier: messageId });
  }
  return { batchItemFailures };
};
