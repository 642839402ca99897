import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Cloud } from '../cloud.ts';
import type { Display } from '../demo/display.ts';
import { stories } from '../demo/stories.ts';
import { executionsIn, statesEntered } from './executions.ts';
import { type Figure, figure } from './figure.ts';
import { type Invocation, invocations } from './invocations.ts';

/** What one story took, from its finding to the end of its executions, as the engine's own accounts tell. */
export interface WholeCase {
  story: string;
  caseId: string;
  states: string[];
  invocations: Invocation[];
  /** Lambdas that had been entered when the write was answered that the attacker's first refusal followed. */
  beforeCut: string[];
  /** KB of the case's row, and of its other rows together. */
  rowKb: { case: number; others: number; otherRows: number };
}

const silent: Display = { doing: () => undefined, line: () => undefined, end: () => undefined };

/** Plays each story while nothing else runs, so that every invocation in between is its own. */
export async function wholeCases(cloud: Cloud): Promise<WholeCase[]> {
  const all: WholeCase[] = [];
  for (const [story, play] of Object.entries(stories)) {
    const known = new Set((await invocations(cloud.engine)).map(({ requestId }) => requestId));
    const run = await play(cloud, undefined, silent);
    const { cutAt } = run;
    if (!run.found || cutAt === null) throw new Error(`the story ${story} made no case, or cut nothing`);
    const executions = executionsIn(cloud);
    const histories = await executions.ofCase(run.found.id);
    executions.close();
    const own = (await invocations(cloud.engine)).filter(({ requestId }) => !known.has(requestId));
    all.push({
      story,
      caseId: run.found.id,
      states: histories.flatMap(statesEntered),
      invocations: own,
      beforeCut: own.filter(({ startedAt }) => startedAt < lastWrite(own, cutAt)).map((each) => each.function),
      rowKb: await rowsOf(cloud, run.found.id),
    });
  }
  return all;
}

/** A loop meets the cut some milliseconds after it was made, when the next Lambda may have begun. */
function lastWrite(own: Invocation[], refusedAt: number): number {
  const writes = own
    .flatMap(({ calls }) => calls)
    .filter(({ operation }) => /^iam:(Update|Put|Attach)/.test(operation));
  const before = writes.map(({ at }) => at).filter((at) => at <= refusedAt);
  return before.length > 0 ? Math.max(...before) : refusedAt;
}

async function rowsOf({ engine, outputs }: Cloud, caseId: string): Promise<WholeCase['rowKb']> {
  const { endpoint, region, root } = engine;
  const db = new DynamoDBClient({ endpoint, region, credentials: root });
  const { Items } = await db.send(new ScanCommand({ TableName: outputs.RegisterTable }));
  db.destroy();
  const rows = (Items ?? [])
    .map((item) => unmarshall(item))
    .filter(({ pk, caseId: of }) => pk === `case#${caseId}` || of === caseId);
  const kb = (row: object) => Math.ceil(Buffer.byteLength(JSON.stringify(row)) / 1024);
  const others = rows.filter(({ sk }) => sk !== 'case');
  return {
    case: rows.filter(({ sk }) => sk === 'case').reduce((sum, row) => sum + kb(row), 0),
    others: others.reduce((sum, row) => sum + kb(row), 0),
    otherRows: others.length,
  };
}

const most = { states: 12, invocations: 10, beforeCut: 2 };

export function wholeCaseFigures({ story, states, invocations: own, beforeCut }: WholeCase): Figure[] {
  const counted = `the case of the demo's story ${story}, alone on the engine`;
  const named = (names: string[]) => names.map((name) => name.replace('rescind-', '')).join(', ');
  return [
    figure(
      `${story}: Lambdas entered before the cut`,
      beforeCut.length,
      '',
      `${counted}, by the start of each invocation (its report line) and the last IAM write answered before the attacker's first refusal: ${named(beforeCut)}`,
      most.beforeCut,
    ),
    figure(
      `${story}: states entered`,
      states.length,
      '',
      `${counted}, from the history of its execution: ${states.join(', ')}`,
      most.states,
    ),
    figure(
      `${story}: Lambda invocations`,
      own.length,
      '',
      `${counted}, from the report lines in the logs: ${named(own.map((each) => each.function))}`,
      most.invocations,
    ),
  ];
}
