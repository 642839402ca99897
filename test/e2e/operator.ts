import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { rescind } from '../../local/demo/cli.ts';
import { type Credential, clientConfig } from '../../local/personas/work.ts';
import { cloud, seed } from './account.ts';

/** A session of the operator role, for a user of this file's own who may assume it and do nothing else. */
export async function operatorSession(name: string): Promise<Credential> {
  const mayAssume = { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: cloud.outputs.OperatorRole };
  const { key } = await seed.user(name, [mayAssume]);
  const sts = new STSClient(clientConfig(cloud.engine, key));
  const command = new AssumeRoleCommand({ RoleArn: cloud.outputs.OperatorRole, RoleSessionName: name });
  const { Credentials } = await sts.send(command);
  sts.destroy();
  return {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
}

/** The command line, with these credentials. */
export const cli = (operator: Credential, ...args: string[]) => rescind(args, { cloud, operator });
/** The same, with something on its standard input. */
export const cliWith = (input: string, operator: Credential, ...args: string[]) =>
  rescind(args, { cloud, operator }, input);
