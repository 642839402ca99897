import type { Cloud } from '../cloud.ts';
import type { RescindRun } from './cut-time.ts';
import { executionsIn } from './executions.ts';
import { type Figure, figure, median } from './figure.ts';
import { type Invocation, invocations } from './invocations.ts';

const parts = [
  'event accepted to intake entered',
  'intake entered to execution started',
  'execution started to contain entered',
  'contain entered to first IAM write asked',
  'IAM writes to the attacker refused',
] as const;

/** Where the time of Rescind's runs went: the logs of its two Lambdas and the history of the execution between them. */
export async function wayToCutFigures(cloud: Cloud, runs: readonly RescindRun[]): Promise<Figure[]> {
  const all = await invocations(cloud.engine);
  const executions = executionsIn(cloud);
  const spent = parts.map((): number[] => []);
  for (const run of runs) {
    const [history = []] = await executions.ofCase(run.caseId);
    const startedAt = history.find(({ type }) => type === 'ExecutionStarted')?.timestamp?.getTime();
    const enteredAt = history.find(({ type }) => type === 'TaskStateEntered')?.timestamp?.getTime();
    const intake = all.findLast((each) => each.function === 'rescind-intake' && each.startedAt < (startedAt ?? 0));
    const contain = all.find((each) => each.function === 'rescind-contain' && each.caseIds.includes(run.caseId));
    if (!intake || !contain || !startedAt || !enteredAt) continue;
    const times = [run.acceptedAt, intake.startedAt, startedAt, enteredAt, lastBeforeWrites(contain), run.refusedAt];
    for (const [n, list] of spent.entries()) list.push((times[n + 1] ?? Number.NaN) - (times[n] ?? Number.NaN));
  }
  executions.close();
  return parts.map((part, n) =>
    figure(
      `  ${part}`,
      median(spent[n] ?? []),
      'ms',
      "median of each part of Rescind's runs, by the logs of intake and contain and the history of the execution; the engine " +
        'enters intake before PutEvents is answered, so the first part can be negative',
    ),
  );
}

/** The answer to what contain asked last before its writes: an AWS call is logged when it is answered. */
function lastBeforeWrites({ calls }: Invocation): number {
  const first = calls.findIndex(({ operation }) => /^iam:(Update|Put)/.test(operation));
  return calls[first - 1]?.at ?? Number.NaN;
}
