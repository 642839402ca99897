import type { RecordStep } from '#core/case';
import type { Facts } from '#core/step-facts';
import type { RecordPredicate, Statement } from '#verifier/format';

/** What one record tells of its step. Fields may be missing or odd: a signature says who wrote it, not that it is well made. */
export interface Told<S extends RecordStep> {
  record: RecordPredicate;
  facts: Loose<NonNullable<Facts[S]>>;
}

/** A fact as a stranger may have written it: anything may be missing. */
export type Loose<T> = T extends string | number | boolean | null | undefined
  ? T | undefined
  : T extends (infer Item)[]
    ? Loose<Item>[] | undefined
    : T extends object
      ? { [Key in keyof T]?: Loose<T[Key]> }
      : unknown;

/** The records of a case, read for a person. */
export interface Story {
  caseId: string;
  records: RecordPredicate[];
  last: RecordPredicate | undefined;
  /** The raw findings that any record rests on. */
  raws: string[];
  /** All records of a step, in order: a case may run several times. */
  all<S extends RecordStep>(step: S): Told<S>[];
  latest<S extends RecordStep>(step: S): Told<S> | undefined;
  /** The later one of two steps that tell of the same thing. */
  later<A extends RecordStep, B extends RecordStep>(one: A, other: B): Told<A> | Told<B> | undefined;
  /** Its last record leaves it closed. */
  closed: boolean;
}

export function storyOf(statements: Statement[]): Story {
  const records = statements.map(({ predicate }) => predicate).toSorted((a, b) => a.number - b.number);
  return read(records, [...new Set(statements.flatMap(({ subject }) => subject.map(({ name }) => name)))]);
}

/** Some of its records, told as if they were all. */
export const part = ({ records, raws }: Story, from: number, to?: number): Story => read(records.slice(from, to), raws);

function read(records: RecordPredicate[], raws: string[]): Story {
  const all = <S extends RecordStep>(step: S): Told<S>[] =>
    records
      .filter((record) => record.step === step && isObject(record.facts) && !('failed' in record.facts))
      .map((record) => ({ record, facts: record.facts as Told<S>['facts'] }));
  const latest: Story['latest'] = (step) => all(step).at(-1);
  const later: Story['later'] = (one, other) => {
    const [a, b] = [latest(one), latest(other)];
    return b && b.record.number > (a?.record.number ?? 0) ? b : a;
  };
  const last = records.at(-1);
  const closed = last?.step === 'close' || last?.closes !== undefined;
  return { caseId: records[0]?.caseId ?? '', records, last, raws, all, latest, later, closed };
}

/** What a rollback has taken back after a record, with the first that did: what was told of it was so before. */
export function liftedAfter(story: Story, number: number | undefined): Map<string, number> {
  const lifted = new Map<string, number>();
  for (const { facts, record } of story.all('rollback'))
    for (const { outcome, credential } of record.number > (number ?? 0) ? entries(facts.items) : [])
      if ((outcome === 'taken-back' || outcome === 'already-gone') && !lifted.has(asText(credential)))
        lifted.set(asText(credential), record.number);
  return lifted;
}

export const isObject = (value: unknown): value is object =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** The entries of what should be a list of objects. */
export const entries = <T>(value: T[] | null | undefined): (T & object)[] =>
  Array.isArray(value) ? value.filter((item): item is T & object => isObject(item)) : [];

/** What should be a list of plain texts. */
export const plain = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];

/** What should be a text, as one; String() would call what a stranger's object names `toString`. */
export const asText = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
