import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Probe } from '#core/ports';
import { AwsRefusal } from '#core/ports';
import { clientSettings, send } from './client.ts';

/**
 * GetCallerIdentity with a credential that the case holds. It needs no permission and no policy can deny it (STS API
 * reference), so it tells exactly whether a long-term key still authenticates, and nothing about a session.
 */
export const callAs: Probe = async (credentials) => {
  const client = new STSClient({ ...clientSettings, credentials });
  try {
    const { Arn } = await send('sts:GetCallerIdentity', () => client.send(new GetCallerIdentityCommand({})));
    return { served: true, arn: Arn ?? '' };
  } catch (error) {
    if (error instanceof AwsRefusal) return { served: false, error: error.name };
    throw error;
  } finally {
    client.destroy();
  }
};

const own = new STSClient(clientSettings);
let actor: Promise<string> | undefined;

/** The ARN of this function's own role session, asked once per environment. */
export const whoAmI = (): Promise<string> => {
  actor ??= send('sts:GetCallerIdentity', () => own.send(new GetCallerIdentityCommand({}))).then(
    ({ Arn }) => Arn ?? '',
  );
  return actor;
};
