import { constants } from 'node:os';

const waiting = new Set<() => void>();
let registered = false;

function stopAll(): void {
  for (const stop of [...waiting]) stop();
}

function register(): void {
  registered = true;
  // An uncaught exception ends in 'exit' too.
  process.on('exit', stopAll);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      stopAll();
      process.exit(128 + constants.signals[signal]);
    });
  }
}

/** Ends this process, and what it has started, with the one that started it, however that ended. */
export function endWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid === parent) return;
    stopAll();
    process.exit(128 + constants.signals.SIGHUP);
  }, 1000).unref();
}

/**
 * Has `stop` called once: by the function that comes back, or when this process exits or is asked to end.
 * `stop` must be synchronous, for an exit waits for nothing.
 */
export function stopWithUs(stop: () => void): () => void {
  if (!registered) register();
  const once = () => {
    if (waiting.delete(once)) stop();
  };
  waiting.add(once);
  return once;
}
