import { setTimeout as pause } from 'node:timers/promises';
import { type Refusal, refusal } from './refusal.ts';
import type { ReadCredential } from './secret-reader.ts';
import { clientConfig, now, type Pace, usualPace, type Work } from './work.ts';

export interface RefusedAttempt extends Refusal {
  unit: number;
  at: number;
  accessKeyId: string;
  /** When the read began that gave this key. */
  readStartedAt: number;
}

/** What the application lived through. Times are milliseconds since the epoch. */
export interface ApplicationSummary {
  /** Units of work it began, and those that were served in the end. */
  accepted: number;
  done: number;
  reads: number;
  refused: RefusedAttempt[];
  /** Errors that are no refusals, and reads that failed. They fail the check. */
  faults: number;
  firstFault: string | null;
  firstRefusedAt: number | null;
  servedAgainAt: number | null;
  gapMs: number | null;
  /** The keys it was given, in order; served ones have a time. */
  keys: { accessKeyId: string; firstReadAt: number; firstServedAt: number | null }[];
  endedBy: 'stop' | 'limit' | 'patience';
}

export interface Application {
  /** The first unit is done. */
  served: Promise<void>;
  /** The first refusal, and the first unit done after it. They never fulfil if there is none. */
  refused: Promise<void>;
  servedAgain: Promise<void>;
  /** Takes no further unit, finishes the one in hand and closes. */
  stop(): Promise<ApplicationSummary>;
}

/** Where an application gets its credential, and a new one when it is refused. */
export interface CredentialSource {
  read(): Promise<ReadCredential>;
  close(): void;
}

export interface ApplicationOptions {
  source: CredentialSource;
  work: Work;
  pace?: Partial<Pace>;
  /** How long it tries to get one unit served. */
  patienceMs?: number;
}

const firstWaitMs = 20;
const longestWaitMs = 250;

/** Refusals of attempts whose read began after the new key was promoted: there must be none. */
export const refusedAfter = ({ refused }: ApplicationSummary, promotedAt: number): RefusedAttempt[] =>
  refused.filter(({ readStartedAt }) => readStartedAt >= promotedAt);

/** Works as an SDK user would: with the credential from its source; when refused it reloads, waits longer each time, and retries. */
export async function application(
  where: { endpoint: string; region: string },
  { source, work, pace, patienceMs = 60_000 }: ApplicationOptions,
): Promise<Application> {
  const { everyMs, mostCalls } = { ...usualPace, ...pace };
  const seen: ApplicationSummary = {
    accepted: 0,
    done: 0,
    reads: 0,
    refused: [],
    faults: 0,
    firstFault: null,
    firstRefusedAt: null,
    servedAgainAt: null,
    gapMs: null,
    keys: [],
    endedBy: 'limit',
  };
  const stopping = new AbortController();
  const firstServed = Promise.withResolvers<void>();
  firstServed.promise.catch(() => undefined); // nobody has to wait for it
  const firstRefused = Promise.withResolvers<void>();
  const servedAgain = Promise.withResolvers<void>();

  const load = async () => {
    const read = await source.read();
    seen.reads += 1;
    const { accessKeyId } = read.credential;
    if (seen.keys.at(-1)?.accessKeyId !== accessKeyId) {
      seen.keys.push({ accessKeyId, firstReadAt: read.startedAt, firstServedAt: null });
    }
    return { read, worker: work(clientConfig(where, read.credential)) };
  };

  const noteServed = () => {
    const at = now();
    seen.done += 1;
    const key = seen.keys.at(-1);
    if (key) key.firstServedAt ??= at;
    if (seen.firstRefusedAt !== null && seen.servedAgainAt === null) {
      seen.servedAgainAt = at;
      seen.gapMs = at - seen.firstRefusedAt;
      servedAgain.resolve();
    }
    firstServed.resolve();
  };

  const noteFailed = (unit: number, { credential, startedAt }: ReadCredential, error: unknown) => {
    const refused = refusal(error);
    if (!refused) return noteFault(error);
    const at = now();
    seen.firstRefusedAt ??= at;
    firstRefused.resolve();
    seen.refused.push({ ...refused, unit, at, accessKeyId: credential.accessKeyId, readStartedAt: startedAt });
  };

  const noteFault = (error: unknown) => {
    seen.faults += 1;
    seen.firstFault ??= error instanceof Error ? error.name : 'unknown';
  };

  let held = await load();
  let calls = 0;

  /** False when its patience ran out. */
  const finish = async (unit: number): Promise<boolean> => {
    const until = now() + patienceMs;
    for (let wait = firstWaitMs; ; wait = Math.min(wait * 1.5, longestWaitMs)) {
      calls += 1;
      try {
        await held.worker.call(unit);
        noteServed();
        return true;
      } catch (error) {
        noteFailed(unit, held.read, error);
      }
      if (now() > until) return false;
      await pause(wait);
      try {
        const next = await load();
        held.worker.close();
        held = next;
      } catch (error) {
        noteFault(error);
      }
    }
  };

  const ended = (async () => {
    while (!stopping.signal.aborted && calls < mostCalls) {
      seen.accepted += 1;
      if (!(await finish(seen.accepted - 1))) {
        seen.endedBy = 'patience';
        break;
      }
      await pause(everyMs);
    }
    if (seen.endedBy !== 'patience') seen.endedBy = calls < mostCalls ? 'stop' : 'limit';
    firstServed.reject(new Error('the application ended before any unit was served'));
    held.worker.close();
    source.close();
    return seen;
  })();

  return {
    served: firstServed.promise,
    refused: firstRefused.promise,
    servedAgain: servedAgain.promise,
    stop: () => {
      stopping.abort();
      return ended;
    },
  };
}
