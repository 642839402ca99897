import type { CallAws, Operation } from '#core/ports';
import { AwsRefusal } from '#core/ports';
import type { CallRecord } from '#verifier/format';
import { send } from './client.ts';
import { withholder } from './withheld.ts';

type Send = (input: never) => Promise<{ $metadata: { requestId?: string } }>;
/** Which SDK call stands behind each operation; a function bundles only those that its step declares. */
export type Operations = Partial<Record<Operation, Send>>;

/** CallAws over the SDK. Keeps what was asked and answered for the record, secret values withheld. */
export function awsCaller(operations: Operations, now: () => Date) {
  let calls: CallRecord[] = [];
  const { withhold, guard, scrub } = withholder();

  const call: CallAws = async (operation, input) => {
    const made = operations[operation];
    if (!made) throw new AwsRefusal(operation, 'NotDeclared', 'the step does not declare this operation');
    const entry: CallRecord = { at: now().toISOString(), operation, asked: withhold(input) };
    calls.push(entry);
    try {
      const answer = await send(operation, () => made(input as never));
      entry.answered = withhold(answer);
      if (answer.$metadata.requestId) entry.requestId = answer.$metadata.requestId;
      return answer;
    } catch (error) {
      const { name, message, stack = '' } = error as Error;
      const clean = scrub(message);
      entry.error = { name, message: clean };
      // The runtime logs message, stack and cause, and the state machine keeps them.
      if (clean !== message) Object.assign(error as Error, { message: clean, stack: scrub(stack), cause: undefined });
      if (error instanceof AwsRefusal && error.requestId) entry.requestId = error.requestId;
      throw error;
    }
  };
  const takeCalls = (): CallRecord[] => {
    const taken = calls;
    calls = [];
    return taken;
  };
  return { call, takeCalls, guard };
}
