import { type LoopSummary, steadyLoop } from './steady-loop.ts';
import { type Credential, clientConfig, type Pace, type Work } from './work.ts';

export interface Bystander {
  served: Promise<void>;
  stop(): Promise<LoopSummary>;
}

/** Same account, similar rights, nothing to do with the case: every call must be served. */
export function bystander(
  where: { endpoint: string; region: string },
  credential: Credential,
  work: Work,
  pace: Partial<Pace> = {},
): Bystander {
  const { call, close } = work(clientConfig(where, credential));
  const loop = steadyLoop(call, pace);
  return {
    served: loop.served,
    async stop() {
      const summary = await loop.stop();
      close();
      return summary;
    },
  };
}
