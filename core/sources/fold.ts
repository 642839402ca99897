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
export interface Folding {
  folded: Folded;
  doubts: Doubt[];
  /** How many keys the value has, in whatever casing, down to where it is too deep. */
  keys: number;
}

/**
 * A deep copy of JSON with every object key in lower case, on objects that inherit nothing (`__proto__` is a key like
 * any other). Two keys of one object that differ in casing only, with different values, are AMBIGUOUS: choosing one
 * would let the writer of an event show one identity to us and another to the next reader.
 */
export function fold(value: unknown): Folding {
  const folding: Folding = { folded: null, doubts: [], keys: 0 };
  folding.folded = copy(value, 0, [], folding);
  return folding;
}

/** `at` is one list for the whole walk, because every event passes here and few have doubts. */
function copy(value: unknown, depth: number, at: string[], folding: Folding): Folded {
  if (typeof value !== 'object' || value === null) return primitive(value);
  if (depth >= deepest) {
    const message = `the event nests deeper than ${deepest} levels: hand over the finding itself`;
    folding.doubts.push({ at: [...at], refusal: { outcome: 'rejected', code: 'TOO_LARGE', message } });
    return null;
  }
  if (Array.isArray(value)) return value.map((item) => copy(item, depth + 1, at, folding));
  const folded = new (Bare as unknown as new () => Fields)();
  for (const key of Object.keys(value)) {
    const name = lowerCase(key);
    at.push(name);
    const next = copy((value as Record<string, unknown>)[key], depth + 1, at, folding);
    const before = folded[name];
    if (before !== undefined && !isSame(before, next)) folding.doubts.push({ at: [...at], refusal: twice(name) });
    folded[name] = next;
    folding.keys += 1;
    at.pop();
  }
  return folded;
}

/** What it makes inherits nothing, and V8 reads and writes it much faster than an object whose own prototype is null. */
function Bare() {}
Bare.prototype = Object.freeze(Object.create(null));

/** Events share their keys; but who writes one chooses them, so only so many and no long ones are kept. */
const known = new Map<string, string>();
function lowerCase(key: string): string {
  const before = known.get(key);
  if (before !== undefined) return before;
  const name = key.toLowerCase();
  if (known.size < 10_000 && key.length <= 64) known.set(key, name);
  return name;
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
