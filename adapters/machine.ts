import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { executionName } from '#core/ids';
import { AwsRefusal } from '#core/ports';
import { clientSettings, send } from './client.ts';

/** Once an environment: a warm invocation keeps its connections. */
const shared = new SFNClient(clientSettings);

/** Starts the execution of a case's run, once: the name is the case and the run. Answers what stands under that name. */
export function caseMachine(machineArn: string, sfn = shared) {
  return async (caseId: string, run: number): Promise<'started' | 'running' | 'ended'> => {
    const name = executionName(caseId, run);
    const input = JSON.stringify({ caseId, run });
    try {
      await send('states:StartExecution', () =>
        sfn.send(new StartExecutionCommand({ stateMachineArn: machineArn, name, input })),
      );
      return 'started';
    } catch (error) {
      if (!(error instanceof AwsRefusal) || error.name !== 'ExecutionAlreadyExists') throw error;
    }
    return caseExecution(machineArn, sfn)(caseId, run);
  };
}

/** Whether the execution of a case's run goes on. */
export function caseExecution(machineArn: string, sfn = shared) {
  return async (caseId: string, run: number): Promise<'running' | 'ended'> => {
    const executionArn = `${machineArn.replace(':stateMachine:', ':execution:')}:${executionName(caseId, run)}`;
    const { status } = await send('states:DescribeExecution', () =>
      sfn.send(new DescribeExecutionCommand({ executionArn })),
    );
    return status === 'RUNNING' || status === 'PENDING_REDRIVE' ? 'running' : 'ended';
  };
}
