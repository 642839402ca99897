import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Engine } from '../engine.ts';
import { median } from './figure.ts';

/** One run of one of Rescind's Lambdas, as its log tells it. Times are milliseconds since the epoch. */
export interface Invocation {
  function: string;
  requestId: string;
  startedAt: number;
  durationMs: number;
  memoryMb: number;
  /** Set by a step; intake names the cases that it opened. */
  caseIds: string[];
  /** The AWS calls that it made, at the time of their answer. */
  calls: { at: number; operation: string; actions: string[]; outcome: string }[];
}

interface Line {
  message: string;
  timestamp: string;
  function_name: string;
  function_request_id: string;
  caseId?: string;
  operation?: string;
  actions?: string[];
  outcome?: string;
}

const report = /^REPORT RequestId: (\S+)\tDuration: ([\d.]+) ms\tBilled Duration: \d+ ms\tMemory Size: (\d+) MB/;

/** Every invocation that has ended, from the report line that the runtime writes and the log lines of the code. */
export async function invocations({ endpoint, region, root }: Engine): Promise<Invocation[]> {
  const logs = new CloudWatchLogsClient({ endpoint, region, credentials: root });
  try {
    const { logGroups } = await logs.send(new DescribeLogGroupsCommand({}));
    const all: Invocation[] = [];
    for (const { logGroupName = '' } of logGroups ?? []) all.push(...(await invocationsIn(logs, logGroupName)));
    return all.filter((each) => each.function.startsWith('rescind-')).toSorted((a, b) => a.startedAt - b.startedAt);
  } finally {
    logs.destroy();
  }
}

/** The median duration of each function, by its name. */
export function warmDurations(all: readonly Invocation[]): Map<string, number> {
  const of = Map.groupBy(all, (each) => each.function);
  return new Map([...of].map(([name, own]) => [name, median(own.map(({ durationMs }) => durationMs))]));
}

async function invocationsIn(logs: CloudWatchLogsClient, logGroupName: string): Promise<Invocation[]> {
  const found: Invocation[] = [];
  const lines = new Map<string, Line[]>();
  let nextToken: string | undefined;
  do {
    const page = await logs.send(new FilterLogEventsCommand({ logGroupName, ...(nextToken && { nextToken }) }));
    for (const { message = '', timestamp = 0 } of page.events ?? []) {
      const [, requestId, duration, memory] = report.exec(message) ?? [];
      if (requestId) {
        const durationMs = Number(duration);
        const told = { function: logGroupName, caseIds: [], calls: [] };
        // The engine stamps all lines of an invocation with its end.
        found.push({ ...told, requestId, startedAt: timestamp - durationMs, durationMs, memoryMb: Number(memory) });
      } else if (message.startsWith('{')) {
        const line = JSON.parse(message) as Line;
        lines.set(line.function_request_id, [...(lines.get(line.function_request_id) ?? []), line]);
      }
    }
    nextToken = page.nextToken === nextToken ? undefined : page.nextToken;
  } while (nextToken);
  return found.map((each) => ({ ...each, ...toldBy(lines.get(each.requestId) ?? [], each.function) }));
}

const toldBy = (lines: Line[], group: string) => ({
  function: lines[0]?.function_name ?? group,
  caseIds: [...new Set(lines.flatMap(({ caseId }) => caseId ?? []))],
  calls: lines.flatMap(({ timestamp, operation, actions, outcome = '' }) =>
    operation && actions ? [{ at: Date.parse(timestamp), operation, actions, outcome }] : [],
  ),
});
