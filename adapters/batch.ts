import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';

/**
 * Handles the messages of a batch side by side, so that none waits for a slow or failing one; those of one lane go one
 * after the other. Who fails goes back alone (Lambda Developer Guide, "Implementing partial batch responses").
 */
export async function batch(
  records: SQSRecord[],
  laneOf: (record: SQSRecord) => string | null,
  handle: (record: SQSRecord) => Promise<void>,
): Promise<SQSBatchResponse> {
  const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
  const one = async (record: SQSRecord): Promise<void> => {
    try {
      await handle(record);
    } catch {
      batchItemFailures.push({ itemIdentifier: record.messageId });
    }
  };
  /** What cannot be read is told by its own handling. */
  const known = (record: SQSRecord): string | null => {
    try {
      return laneOf(record);
    } catch {
      return null;
    }
  };
  const lanes = new Map<string, Promise<void>>();
  for (const record of records) {
    const lane = known(record) ?? `message ${record.messageId}`;
    lanes.set(
      lane,
      (lanes.get(lane) ?? Promise.resolve()).then(() => one(record)),
    );
  }
  await Promise.all(lanes.values());
  return { batchItemFailures };
}
