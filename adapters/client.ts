import { RetryableError } from '#core/error';
import { AwsRefusal } from '#core/ports';
import { log } from './log.ts';

/** Bounds for every client, so that no step hangs: a Lambda outlives its slowest call with all its retries. */
export const clientSettings = {
  maxAttempts: 4,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 6_000, throwOnRequestTimeout: true },
};

interface Answer {
  $metadata?: { requestId?: string };
}
interface SdkError extends Error {
  $metadata?: { httpStatusCode?: number; requestId?: string };
}

/**
 * Sends one command and logs operation and outcome, never input or answer. An error that AWS named becomes AwsRefusal;
 * throttling, 5xx and connections that broke become Retryable, after the SDK's own attempts.
 */
export async function send<A extends Answer>(
  operation: string,
  call: () => Promise<A>,
  /** The IAM actions that it needs, where they are not the operation's name. */
  actions: string[] = [operation],
): Promise<A> {
  try {
    const answer = await call();
    log.info('aws', { operation, actions, outcome: 'ok' });
    return answer;
  } catch (thrown) {
    const error = thrown as SdkError;
    log.info('aws', { operation, actions, outcome: error.name });
    if (isTransient(error)) throw new RetryableError(`${operation}: ${error.name}: ${error.message}`, { cause: error });
    throw new AwsRefusal(operation, error.name, error.message, error.$metadata?.requestId, { cause: error });
  }
}

function isTransient({ name, $metadata }: SdkError): boolean {
  const status = $metadata?.httpStatusCode;
  if (status === undefined) return true;
  return (
    status >= 500 ||
    status === 429 ||
    // The last two are IAM's: submit the request again, wait until the entity can be changed (API reference, "Common errors").
    /Throttl|ProvisionedThroughputExceeded|TransactionConflict|TransactionInProgress|TooManyRequests|RequestLimitExceeded|SlowDown|^ConcurrentModification|^EntityTemporarilyUnmodifiable/i.test(
      name,
    )
  );
}
