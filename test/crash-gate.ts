/** How the process dies: as a fault that the machine retries, or as one that it does not know. */
export type CrashKind = 'retried' | 'not retried';

export interface CrashPlan {
  /** The n-th call to the outside, from 1. */
  at: number;
  /** Whether the call's effect had happened. */
  when: 'before' | 'after';
  kind: CrashKind;
}

class Crash extends Error {
  constructor(kind: CrashKind) {
    super('the process died');
    this.name = kind === 'retried' ? 'Lambda.ServiceException' : 'Runtime.ExitError';
  }
}

/** Every call to the outside passes here; at the planned one the process dies, and stays dead until it is revived. */
export function crashGate(plan?: CrashPlan) {
  const passed: string[] = [];
  let dead = false;
  const die = (kind: CrashKind) => {
    dead = true;
    throw new Crash(kind);
  };

  const through = async <T>(name: string, effect: () => Promise<T>): Promise<T> => {
    if (dead) throw new Crash(plan?.kind ?? 'retried');
    passed.push(name);
    const isIt = plan?.at === passed.length;
    if (isIt && plan.when === 'before') die(plan.kind);
    try {
      return await effect();
    } finally {
      // A call that AWS refuses has been made as well.
      if (isIt) die(plan.kind);
    }
  };

  /** The object with each of its functions behind the gate. */
  const guard = <T extends object>(of: string, target: T): T =>
    new Proxy(target, {
      get: (object, key) => {
        const value = Reflect.get(object, key);
        if (typeof value !== 'function') return value;
        return (...input: unknown[]) => through(`${of}.${String(key)}`, async () => value.apply(object, input));
      },
    });

  return {
    passed,
    through,
    guard,
    revive: () => {
      dead = false;
    },
  };
}
