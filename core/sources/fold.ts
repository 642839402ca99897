import type { Reading } from '#core/finding';
import type { Folded } from './source.ts';

/** Deeper than any event of AWS; beyond it only stack games are left. */
const deepest = 64;

export type Fields = { [key: string]: Folded };
type Refusal = Extract<Reading, { outcome: 'rejected' }>;

/** Why a part of the event may not be read, and where it lies: folded keys from the root, places in arrays left out. */
export interface Doubt {
  at: string[];
  refusal: Refusal;
}
/** With doubts the copy still tells whose event it is, and nothing may be read from the parts where they lie. */
export type Folding = { folded: Folded; doubts: Doubt[] };

/**
 * A deep copy of JSON with every object key in lower case, on objects without a prototype (`__proto__` is a key like
 * any other). Two keys of one object that differ in casing only, with different values, are AMBIGUOUS: choosing one
 * would let the writer of an event show one identity to us and another to the next reader.
 */
export function fold(value: unknown): Folding {
  const doubts: Doubt[] = [];
  const folded = copy(value, 0, [], doubts);
  return { folded, doubts };
}

function copy(value: unknown, depth: number, at: string[], doubts: Doubt[]): Folded {
  if (typeof value !== 'object' || value === null) return primitive(value);
  if (depth >= deepest) {
    const message = `the event nests deeper than ${deepest} levels: hand over the finding itself`;
    doubts.push({ at, refusal: { outcome: 'rejected', code: 'TOO_LARGE', message } });
    return null;
  }
  if (Array.isArray(value)) return value.map((item) => copy(item, depth + 1, at, doubts));
  const folded: { [key: string]: Folded } = Object.create(null);
  for (const [key, item] of Object.entries(value)) {
    const name = key.toLowerCase();
    const place = [...at, name];
    const next = copy(item, depth + 1, place, doubts);
    const before = folded[name];
    if (before !== undefined && !isSame(before, next)) doubts.push({ at: place, refusal: twice(name) });
    folded[name] = next;
  }
  return folded;
}

const primitive = (value: unknown): Folded =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;

const isSame = (a: Folded, b: Folded): boolean => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));

/** Key order says nothing in JSON. Pairs, because a plain object would take `__proto__` for its prototype. */
function sorted(value: Folded): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const keys = Object.keys(value).sort();
  return { pairs: keys.map((key) => [key, sorted(value[key] ?? null)]) };
}

/** The event writes the key: only a plain one is repeated to people. */
const twice = (name: string): Refusal => ({
  outcome: 'rejected',
  code: 'AMBIGUOUS',
  message: `an object holds ${/^[\w.:-]{1,64}$/.test(name) ? `the key "${name}"` : 'a key'} twice, in different casing and with different values: keep one of them`,
});

export const isFields = (value: Folded | undefined): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The fields of an object, and none of anything else: so a path of an event is followed without asking at each step. */
export const fields = (value: Folded | undefined): Fields => (isFields(value) ? value : {});

export const isAbsent = (value: Folded | undefined): value is null | undefined | '' =>
  value === undefined || value === null || value === '';
