import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { ReadCredential } from './secret-reader.ts';
import { type Credential, clientConfig, now } from './work.ts';

/** Takes sessions of a role under one name, as the service does that runs a workload on it. */
export function sessionTaker(
  where: { endpoint: string; region: string },
  holder: Credential,
  RoleArn: string,
  RoleSessionName: string,
) {
  const sts = new STSClient(clientConfig(where, holder));
  return {
    async read(): Promise<ReadCredential> {
      const startedAt = now();
      const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName }));
      if (!Credentials?.AccessKeyId || !Credentials.SecretAccessKey || !Credentials.SessionToken)
        throw new Error('AssumeRole answered without credentials');
      const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken } = Credentials;
      return { credential: { accessKeyId, secretAccessKey, sessionToken }, startedAt };
    },
    close: () => sts.destroy(),
  };
}
