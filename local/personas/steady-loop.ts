import { setTimeout as pause } from 'node:timers/promises';
import { type Refusal, refusal } from './refusal.ts';
import { now, type Pace, usualPace } from './work.ts';

/** What a loop of calls saw. Times are milliseconds since the epoch; a call counts at the time of its answer. */
export interface LoopSummary {
  calls: number;
  served: number;
  refused: number;
  /** Neither served nor refused: lost connections, bad signatures. They prove nothing and fail the check. */
  faults: number;
  firstFault: string | null;
  servedBeforeFirstRefusal: number;
  lastServedBeforeRefusalAt: number | null;
  firstRefusal: (Refusal & { at: number }) | null;
  /** More than none means that a cut did not hold. */
  servedAfterFirstRefusal: number;
  refusalNames: Record<string, number>;
  endedBy: 'stop' | 'limit';
}

export interface RunningLoop {
  /** Fulfils after the first call that was served; rejects if the loop ends without one. */
  served: Promise<void>;
  /** Fulfils after the first call that was refused; never if none is. */
  refused: Promise<void>;
  stop(): Promise<LoopSummary>;
}

const empty = (): LoopSummary => ({
  calls: 0,
  served: 0,
  refused: 0,
  faults: 0,
  firstFault: null,
  servedBeforeFirstRefusal: 0,
  lastServedBeforeRefusalAt: null,
  firstRefusal: null,
  servedAfterFirstRefusal: 0,
  refusalNames: {},
  endedBy: 'limit',
});

function noteServed(seen: LoopSummary): void {
  seen.served += 1;
  if (seen.firstRefusal) {
    seen.servedAfterFirstRefusal += 1;
  } else {
    seen.servedBeforeFirstRefusal += 1;
    seen.lastServedBeforeRefusalAt = now();
  }
}

function noteFailed(seen: LoopSummary, error: unknown): void {
  const refused = refusal(error);
  if (!refused) {
    seen.faults += 1;
    seen.firstFault ??= error instanceof Error ? error.name : 'unknown';
    return;
  }
  seen.refused += 1;
  seen.firstRefusal ??= { ...refused, at: now() };
  seen.refusalNames[refused.name] = (seen.refusalNames[refused.name] ?? 0) + 1;
}

/** Calls again and again, whatever the answers, until it is stopped or its limit is reached. */
export function steadyLoop(call: (n: number) => Promise<unknown>, pace: Partial<Pace> = {}): RunningLoop {
  const { everyMs, mostCalls } = { ...usualPace, ...pace };
  const seen = empty();
  const stopping = new AbortController();
  const served = Promise.withResolvers<void>();
  const refused = Promise.withResolvers<void>();
  served.promise.catch(() => undefined); // nobody has to wait for it

  const ended = (async () => {
    while (!stopping.signal.aborted && seen.calls < mostCalls) {
      seen.calls += 1;
      try {
        await call(seen.calls - 1);
        noteServed(seen);
        served.resolve();
      } catch (error) {
        noteFailed(seen, error);
        if (seen.firstRefusal) refused.resolve();
      }
      await pause(everyMs);
    }
    served.reject(new Error('the loop ended before any call was served'));
    seen.endedBy = seen.calls < mostCalls ? 'stop' : 'limit';
    return seen;
  })();

  return {
    served: served.promise,
    refused: refused.promise,
    stop: () => {
      stopping.abort();
      return ended;
    },
  };
}
