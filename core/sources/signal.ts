import { type Signal, stronger } from '#core/finding';
import type { Settings } from '#core/settings';

/** The lists of the settings that decide before a source's own classes do. */
export type SignalLists = Pick<Settings, 'immediate' | 'blocking' | 'advisory'>;

/** What a source says of its types: `immediate` is never among it, because that is a list that people read and change. */
export interface Class {
  /** A type; a trailing `*` stands for any end. */
  types: string;
  /** From this severity on; any, where it is absent. */
  atLeast?: number;
  signal: Exclude<Signal, 'immediate'>;
  why: string;
}

export interface Classed {
  signal: Signal;
  why: string;
}

const fits = (type: string, entry: string): boolean =>
  entry.endsWith('*') ? type.startsWith(entry.slice(0, -1)) : type === entry;
/** An exact entry before every pattern, a longer pattern before a shorter one. */
const weight = (entry: string): number => (entry.endsWith('*') ? entry.length : 1000 + entry.length);

/** The signal of a finding, and why: the entry of the settings that fits most closely, else the first class that fits. */
export function classify(
  type: string,
  severity: number | null,
  classes: readonly Class[],
  lists: SignalLists,
): Classed {
  const entries = (['advisory', 'blocking', 'immediate'] as const).flatMap((signal) =>
    lists[signal].filter((entry) => fits(type, entry)).map((entry) => ({ signal, entry })),
  );
  const closest = Math.max(...entries.map(({ entry }) => weight(entry)));
  const listed = entries.filter(({ entry }) => weight(entry) === closest);
  if (listed[0]) {
    const signal = listed.map((each) => each.signal).reduce(stronger);
    return { signal, why: `the settings list ${listed[0].entry} as ${signal}` };
  }
  // An unknown severity is a reason to ask, not one to lean back.
  const own = classes.find(({ types, atLeast = 0 }) => fits(type, types) && (severity ?? atLeast) >= atLeast);
  return own
    ? { signal: own.signal, why: own.why }
    : { signal: 'blocking', why: 'a type that this version does not know: a person decides' };
}
