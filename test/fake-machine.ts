import { executionName } from '#core/ids';
import { firstStep, type Next, pipeline, type StepInput, type StepName } from '#core/pipeline';
import type { Clock } from './fake-aws.ts';

/** As `lib/case-machine.ts` draws it. */
const retried = ['Retryable', 'Lambda.ServiceException'];
const mostAttempts = 5;

type Failure = { name: string; message: string };
type Invoke = (name: StepName, input: StepInput & { error?: Failure }) => Promise<Next>;
type Status = 'RUNNING' | 'SUCCEEDED' | 'FAILED';

/** The case machine: walks `core/pipeline` with the Retry and the Catch of each task, one execution after the other. */
export function fakeMachine(invoke: Invoke, clock: Clock, say: (line: unknown) => void) {
  const executions = new Map<string, Status>();
  const waiting: StepInput[] = [];
  const visited: StepName[] = [];
  /** What happens just before a step, once. */
  const before: Partial<Record<StepName, () => unknown>> = {};

  const start = async (caseId: string, run: number): Promise<'started' | 'running' | 'ended'> => {
    const status = executions.get(executionName(caseId, run));
    if (status) return status === 'RUNNING' ? 'running' : 'ended';
    executions.set(executionName(caseId, run), 'RUNNING');
    waiting.push({ caseId, run });
    return 'started';
  };

  const attempt = async (name: StepName, input: Parameters<Invoke>[1]): Promise<Next | Failure> => {
    for (let attempts = 1; ; attempts += 1) {
      try {
        return await invoke(name, input);
      } catch (thrown) {
        const { name: error, message, stack, cause } = thrown as Error;
        say({ state: name, error, message, stack, cause: String(cause ?? '') });
        if (!retried.includes(error) || attempts === mostAttempts) return { name: error, message };
        clock.pass(1000 * 2 ** attempts);
      }
    }
  };

  const execute = async (input: StepInput): Promise<'SUCCEEDED' | 'FAILED'> => {
    let name: StepName = firstStep;
    let error: Failure | null = null;
    for (let states = 0; states < 60; states += 1) {
      visited.push(name);
      const hook = before[name];
      delete before[name];
      await hook?.();
      const made: Next | Failure = await attempt(name, { ...input, ...(error && { error }) });
      error = typeof made === 'string' ? null : made;
      if (error && name === 'park') return 'FAILED';
      const [only, ...others] = pipeline[name];
      const next: Next = typeof made !== 'string' ? 'park' : others.length === 0 ? only : made;
      if (next === 'done') return 'SUCCEEDED';
      if (next === 'parked') return 'FAILED';
      name = next;
    }
    throw new Error('the case runs in circles');
  };

  /** Runs every execution that has been started; answers how each ended. */
  const drain = async (): Promise<('SUCCEEDED' | 'FAILED')[]> => {
    const ended: ('SUCCEEDED' | 'FAILED')[] = [];
    for (let input = waiting.shift(); input; input = waiting.shift()) {
      const status = await execute(input);
      executions.set(executionName(input.caseId, input.run), status);
      ended.push(status);
    }
    return ended;
  };

  return { executions, visited, before, start, drain };
}
