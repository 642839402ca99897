import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { clientSettings, send } from './client.ts';

/** The outputs of a deployed stack by name; AWS refuses with ValidationError where there is none of that name. */
export async function stackOutputs(
  stack: string,
  client = new CloudFormationClient(clientSettings),
): Promise<Map<string, string>> {
  const { Stacks } = await send('cloudformation:DescribeStacks', () =>
    client.send(new DescribeStacksCommand({ StackName: stack })),
  );
  const outputs = Stacks?.[0]?.Outputs ?? [];
  return new Map(outputs.map(({ OutputKey, OutputValue }) => [OutputKey ?? '', OutputValue ?? '']));
}
