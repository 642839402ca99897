import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { RolledBack } from '#core/later/rollback';
import { clientSettings, send } from './client.ts';

export type RollbackEnd =
  | { status: 'SUCCEEDED'; rolledBack: RolledBack }
  | { status: 'FAILED' | 'TIMED_OUT' | 'ABORTED'; error: string };

/** Starts a rollback, and looks how it stands: null while it runs. */
export function rollbackMachine(machineArn: string, sfn = new SFNClient(clientSettings)) {
  return {
    async start(order: { caseId: string; by: string }): Promise<string> {
      const command = new StartExecutionCommand({ stateMachineArn: machineArn, input: JSON.stringify(order) });
      const { executionArn } = await send('states:StartExecution', () => sfn.send(command));
      return executionArn ?? '';
    },

    async ended(executionArn: string): Promise<RollbackEnd | null> {
      const command = new DescribeExecutionCommand({ executionArn });
      const { status, output, error, cause } = await send('states:DescribeExecution', () => sfn.send(command));
      if (status === 'SUCCEEDED') return { status, rolledBack: JSON.parse(output ?? '') as RolledBack };
      if (status === 'FAILED' || status === 'TIMED_OUT' || status === 'ABORTED')
        return { status, error: `${error ?? status}: ${messageOf(cause)}` };
      return null;
    },
  };
}

/** A Lambda's cause is JSON with errorType and errorMessage. */
function messageOf(cause = ''): string {
  try {
    return (JSON.parse(cause) as { errorMessage?: string }).errorMessage ?? cause;
  } catch {
    return cause;
  }
}
