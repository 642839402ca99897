import { sessionTaker } from './session-taker.ts';
import { type LoopSummary, steadyLoop } from './steady-loop.ts';
import { type Credential, clientConfig, type Pace, type Work } from './work.ts';

export interface SessionThiefSummary {
  /** With the copy of the session. */
  copy: LoopSummary;
  /** With a session of another role that was assumed with the copy before anybody noticed: it is independent of it. */
  chained: LoopSummary;
  /** What a try to assume the other role once more, with the copy, got at the end: `served`, or the name of the error. */
  again: string;
}

/** Uses a stolen copy of a role session, and goes on into another role with it. */
export async function sessionThief(
  where: { endpoint: string; region: string },
  copy: Credential,
  onward: string,
  work: Work,
  pace: Partial<Pace> = {},
) {
  const taker = sessionTaker(where, copy, onward, 'chained');
  const chained = await taker.read();
  const workers = [copy, chained.credential].map((credential) => work(clientConfig(where, credential)));
  const [first, second] = workers.map(({ call }) => steadyLoop(call, pace));
  if (!first || !second) throw new Error('two credentials make two loops');
  return {
    /** Both loops were served: the positive control without which a refusal proves nothing. */
    served: Promise.all([first.served, second.served]).then(() => undefined),
    copyRefused: first.refused,
    async stop(): Promise<SessionThiefSummary> {
      const again = await taker.read().then(
        () => 'served',
        ({ name }: Error) => name,
      );
      const summary = { copy: await first.stop(), chained: await second.stop(), again };
      for (const { close } of [...workers, taker]) close();
      return summary;
    },
  };
}
