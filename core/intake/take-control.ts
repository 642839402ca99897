import * as v from 'valibot';
import { RetryableError } from '#core/error';
import { isCaseId } from '#core/ids';
import type { Register, Reopened } from '#core/register';
import { RejectedEvent, type TakeInPorts } from './take-in.ts';

const caseId = v.pipe(
  v.string(),
  v.check((text) => isCaseId(text)),
);
/** As whoever asks has seen the case: a message that comes late, or twice, is about a run that is over. */
const run = v.pipe(v.number(), v.integer(), v.minValue(1));
/** Our own messages: an operator asks for a retry, the look for another run of a case whose proof no longer holds. */
const message = v.variant('control', [
  v.strictObject({ control: v.literal('retry'), caseId, run }),
  v.strictObject({ control: v.literal('reopen'), caseId, run, reason: v.pipe(v.string(), v.maxLength(1000)) }),
]);
export type ControlMessage = v.InferOutput<typeof message>;

export interface Controlled {
  control: ControlMessage['control'];
  /** The case that was named. */
  asked: string;
  /** What became of it; `closed`: a retry does not reopen a closed case. */
  outcome: Reopened['outcome'] | 'closed';
  caseId: string;
  run: number;
}

/** One message of the control queue, from text to a running case. May come twice: a run is started once by its name. */
export async function takeControl(
  body: string,
  {
    register,
    settings,
    start,
  }: Pick<TakeInPorts, 'settings' | 'start'> & { register: Pick<Register, 'load' | 'reopen'> },
): Promise<Controlled> {
  const { control, caseId: asked, run: seen } = parse(body);
  const told = (made: Omit<Controlled, 'control' | 'asked'>): Controlled => ({ control, asked, ...made });
  const found = await register.load(asked);
  if (control === 'retry' && found.stage === 'closed')
    return told({ outcome: 'closed', caseId: asked, run: found.run });
  let made = await register.reopen(asked, settings.mode, { control, run: seen });
  if (made.outcome === 'gone-on') return told(made);
  const execution = await start(made.caseId, made.run);
  if (execution === 'ended' && made.outcome !== 'reopened') {
    // Nobody will park or close it: its execution was stopped, or died while it wrote the last record.
    made = await register.reopen(asked, settings.mode, { control, run: seen, deadRun: made.run });
    await start(made.caseId, made.run);
  } else if (made.outcome === 'closing')
    throw new RetryableError(`${asked} is being closed; the message stays in the queue until it is`);
  return told(made);
}

function parse(body: string): ControlMessage {
  let input: unknown;
  try {
    input = JSON.parse(body);
  } catch {
    throw new RejectedEvent('CONTROL_INVALID', 'the message is not JSON');
  }
  const parsed = v.safeParse(message, input);
  if (parsed.success) return parsed.output;
  throw new RejectedEvent('CONTROL_INVALID', 'the message is none of the control queue');
}
