import { AwsRefusal, type CallAws, type Operation, type Probe } from '#core/ports';
import type { CallRecord } from '#verifier/format';
import { send } from './client.ts';
import { withholder } from './withheld.ts';

type CallError = NonNullable<CallRecord['error']>;
type Send = (input: never) => Promise<{ $metadata: { requestId?: string } }>;
/** Which SDK call stands behind each operation; a function bundles only those that its step declares. */
export type Operations = Partial<Record<Operation, Send>>;

/** CallAws over the SDK. Keeps what was asked and answered for the record, secret values withheld. */
export function awsCaller(operations: Operations, now: () => Date, probe: Probe) {
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
  /** A probe is a call too: the record shows which key was refused, and how. */
  const recordedProbe: Probe = async (credential) => {
    const asked = { accessKeyId: credential.accessKeyId };
    const entry: CallRecord = { at: now().toISOString(), operation: 'sts:GetCallerIdentity', asked };
    calls.push(entry);
    const answer = await probe(credential);
    if (answer.served) entry.answered = { Arn: answer.arn };
    // Told as what AWS answers is: neither is from a secret.
    else entry.error = withhold({ name: answer.error, message: 'the credential was refused' }) as CallError;
    return answer;
  };
  const takeCalls = (): CallRecord[] => {
    const taken = calls;
    calls = [];
    return taken;
  };
  return { call, probe: recordedProbe, takeCalls, guard };
}
