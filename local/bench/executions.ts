import { setTimeout as pause } from 'node:timers/promises';
import { GetExecutionHistoryCommand, type HistoryEvent, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import type { Cloud } from '../cloud.ts';

/** The executions of a case, with their history, once all of them have ended. */
export function executionsIn({ engine, outputs }: Cloud) {
  const { endpoint, region, root: credentials } = engine;
  const sfn = new SFNClient({ endpoint, region, credentials });

  const historyOf = async (executionArn: string): Promise<HistoryEvent[]> => {
    const all: HistoryEvent[] = [];
    let nextToken: string | undefined;
    do {
      const page = await sfn.send(new GetExecutionHistoryCommand({ executionArn, ...(nextToken && { nextToken }) }));
      all.push(...(page.events ?? []));
      nextToken = page.nextToken;
    } while (nextToken);
    return all;
  };

  return {
    async ofCase(caseId: string): Promise<HistoryEvent[][]> {
      for (let tries = 0; tries < 600; tries += 1) {
        const { executions } = await sfn.send(new ListExecutionsCommand({ stateMachineArn: outputs.CaseMachine }));
        const own = (executions ?? []).filter(({ name }) => name?.startsWith(caseId));
        if (own.length > 0 && own.every(({ status }) => status !== 'RUNNING'))
          return Promise.all(own.map(({ executionArn = '' }) => historyOf(executionArn)));
        await pause(50);
      }
      throw new Error(`the execution of ${caseId} does not end`);
    },
    /** Ids of the cases that have had an execution, and have none that runs. */
    async casesAtRest(): Promise<Set<string>> {
      const atRest = new Set<string>();
      const running = new Set<string>();
      let nextToken: string | undefined;
      do {
        const list = { stateMachineArn: outputs.CaseMachine, maxResults: 1000, ...(nextToken && { nextToken }) };
        const page = await sfn.send(new ListExecutionsCommand(list));
        for (const { name = '', status } of page.executions ?? [])
          (status === 'RUNNING' ? running : atRest).add(name.slice(0, name.lastIndexOf('-')));
        nextToken = page.nextToken;
      } while (nextToken);
      return new Set([...atRest].filter((id) => !running.has(id)));
    },
    close: () => sfn.destroy(),
  };
}

/** Step Functions bills a transition for each state entered (its pricing page); so the history is the meter. */
export const statesEntered = (history: HistoryEvent[]): string[] =>
  history.flatMap(({ type, stateEnteredEventDetails }) =>
    type?.endsWith('StateEntered') ? [stateEnteredEventDetails?.name ?? ''] : [],
  );
