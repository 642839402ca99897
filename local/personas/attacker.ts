import { GetSessionTokenCommand, STSClient } from '@aws-sdk/client-sts';
import { type LoopSummary, steadyLoop } from './steady-loop.ts';
import { type Credential, clientConfig, type Pace, type Work } from './work.ts';

export interface AttackerSummary {
  /** With the leaked key itself. */
  key: LoopSummary;
  /** With a session that the attacker made before anybody noticed: it survives the key. */
  session: LoopSummary;
}

export interface Attacker {
  /** Both loops were served: the positive control without which a refusal proves nothing. */
  served: Promise<void>;
  /** Each fulfils at the first refusal; never if there is none. */
  keyRefused: Promise<void>;
  sessionRefused: Promise<void>;
  /** The id of the session, for a finding about it. */
  sessionKeyId: string;
  stop(): Promise<AttackerSummary>;
}

async function stolenSession(where: { endpoint: string; region: string }, leaked: Credential): Promise<Credential> {
  const sts = new STSClient(clientConfig(where, leaked));
  try {
    const { Credentials } = await sts.send(new GetSessionTokenCommand({}));
    if (!Credentials?.AccessKeyId || !Credentials.SecretAccessKey || !Credentials.SessionToken) {
      throw new Error('GetSessionToken answered without credentials');
    }
    return {
      accessKeyId: Credentials.AccessKeyId,
      secretAccessKey: Credentials.SecretAccessKey,
      sessionToken: Credentials.SessionToken,
    };
  } finally {
    sts.destroy();
  }
}

/** Uses a leaked key and a session made with it, to the end: a call served after a refusal must be seen. */
export async function attacker(
  where: { endpoint: string; region: string },
  leaked: Credential,
  work: Work,
  pace: Partial<Pace> = {},
): Promise<Attacker> {
  const session = await stolenSession(where, leaked);
  const workers = [leaked, session].map((credential) => work(clientConfig(where, credential)));
  const [key, stolen] = workers.map(({ call }) => steadyLoop(call, pace));
  if (!key || !stolen) throw new Error('two credentials make two loops');
  const served = Promise.all([key.served, stolen.served]).then(() => undefined);
  served.catch(() => undefined); // nobody has to wait for it
  return {
    served,
    sessionKeyId: session.accessKeyId,
    keyRefused: key.refused,
    sessionRefused: stolen.refused,
    async stop() {
      const summary = { key: await key.stop(), session: await stolen.stop() };
      for (const { close } of workers) close();
      return summary;
    },
  };
}
