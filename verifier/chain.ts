import { refuse } from './failure.ts';
import type { RecordPredicate, Statement } from './format.ts';
import type { StoredRecord } from './records.ts';

/** Records are written by different hosts, whose clocks agree only about. */
export const skewSeconds = 5;

/**
 * Each record follows the one before it; a closing record, known by its `closes`, lists all before it. Says whether the
 * case is closed: its last record is a closing one.
 */
export function checkChain(records: StoredRecord[], statements: Statement[], caseId: string): boolean {
  let latest = Number.NEGATIVE_INFINITY;
  for (const [index, { path }] of records.entries()) {
    const { predicate } = statements[index] as Statement;
    const before = statements[index - 1]?.predicate;
    if (predicate.caseId !== caseId)
      refuse('case', path, `belongs to case ${predicate.caseId}, the manifest says ${caseId}`);
    if (before && predicate.run < before.run) refuse('run', path, `run ${predicate.run} after run ${before.run}`);
    if ((predicate.step === 'open') !== (index === 0))
      refuse('order', path, 'a case has one opening, as its first record');
    if (before?.closes && !mayFollowClosing(before, predicate))
      refuse('order', path, 'follows a closing record, and neither reopens, parks nor closes the case');
    if (predicate.previous !== (records[index - 1]?.sha256 ?? null))
      refuse('chain', path, index === 0 ? 'the first record names one before it' : 'names another record before it');
    latest = checkTimes(path, predicate, latest);
    if (!mayClose(predicate, before)) refuse('closes', path, `the step ${predicate.step} cannot close the case here`);
    if (predicate.closes || predicate.step === 'close')
      checkCloses(path, predicate.closes ?? [], records.slice(0, index), statements);
  }
  return statements.at(-1)?.predicate.closes !== undefined;
}

/**
 * A later run reopens a closed case; a run whose closing could not be registered parks it; a look or a rollback leaves
 * it closed.
 */
const mayFollowClosing = (closing: RecordPredicate, { run, step, closes }: RecordPredicate): boolean =>
  run > closing.run || step === 'park' || (closes !== undefined && step !== 'close');

/** A look or a rollback cannot close a case that was open before it. */
const mayClose = ({ step, closes }: RecordPredicate, before: RecordPredicate | undefined): boolean =>
  closes === undefined ||
  step === 'close' ||
  ((step === 'look' || step === 'rollback') && before?.closes !== undefined);

function checkTimes(path: string, { occurredAt, recordedAt, calls }: Statement['predicate'], latest: number): number {
  const recorded = instant(path, recordedAt);
  if (instant(path, occurredAt) > recorded + skewSeconds * 1000)
    refuse('time', path, `recorded at ${recordedAt}, before it occurred at ${occurredAt}`);
  for (const { at, operation } of calls)
    if (instant(path, at) > recorded + skewSeconds * 1000)
      refuse('time', path, `recorded at ${recordedAt}, before its call ${operation} at ${at}`);
  if (recorded < latest - skewSeconds * 1000)
    refuse('time', path, `recorded at ${recordedAt}, before an earlier record`);
  return Math.max(latest, recorded);
}

function instant(path: string, text: string): number {
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/.test(text) ? Date.parse(text) : Number.NaN;
  // Date.parse takes 30 February for 2 March.
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 19) !== text.slice(0, 19))
    refuse('time', path, `${text} is not a time in UTC (RFC 3339)`);
  return time;
}

type Closes = NonNullable<Statement['predicate']['closes']>;
function checkCloses(path: string, closes: Closes, earlier: StoredRecord[], statements: Statement[]): void {
  const fits = earlier.every(({ sha256 }, index) => {
    const entry = closes[index];
    return entry?.number === index + 1 && entry.step === statements[index]?.predicate.step && entry.sha256 === sha256;
  });
  if (!fits || closes.length !== earlier.length)
    refuse('closes', path, `does not list exactly the ${earlier.length} records before it`);
}
