import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type Credential, clientConfig, now } from './work.ts';

export interface ReadCredential {
  credential: Credential;
  /** When the read began: what was promoted before must be what it got. */
  startedAt: number;
}

/** The value is never part of an error: what personas say is printed. */
function parse(text: string | undefined): Credential {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '');
  } catch {
    throw new Error('the secret is not JSON');
  }
  const { accessKeyId, secretAccessKey } = (value ?? {}) as Partial<Credential>;
  if (typeof accessKeyId !== 'string' || typeof secretAccessKey !== 'string') {
    throw new Error('the secret holds no accessKeyId and secretAccessKey');
  }
  return { accessKeyId, secretAccessKey };
}

/** Reads the current key out of a secret, with an identity that may read it and is not the one whose key it holds. */
export function secretReader(where: { endpoint: string; region: string }, reader: Credential, secretId: string) {
  const client = new SecretsManagerClient(clientConfig(where, reader));
  return {
    async read(): Promise<ReadCredential> {
      const startedAt = now();
      const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
      return { credential: parse(SecretString), startedAt };
    },
    close: () => client.destroy(),
  };
}
