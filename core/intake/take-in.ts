import { RetryableError } from '#core/error';
import { type Finding, heardSeconds } from '#core/finding';
import type { EvidenceStore } from '#core/ports';
import type { Attachment, Register } from '#core/register';
import { rawKey } from '#core/run/stored-findings';
import type { Settings } from '#core/settings';
import { mayOpen, readEvent } from '#core/sources/read';
import type { ReadingSettings } from '#core/sources/source';

export interface TakeInPorts {
  register: Register;
  evidence: EvidenceStore;
  start(caseId: string, run: number): Promise<'started' | 'running' | 'ended'>;
  settings: ReadingSettings & Pick<Settings, 'mode'>;
  /** Whether it came by the rules' queue, which EventBridge alone writes. */
  byRule: boolean;
  now(): Date;
}

export type Taken =
  | { outcome: 'ignored'; reason: string }
  | { outcome: 'opened' | 'joined' | 'repeated'; caseId: string; run: number; findingId: string }
  /** News of an identity that has no open case: kept for a case that may come, and told to nobody. */
  | { outcome: 'heard'; findingId: string };

const secondsOf = (time: string | Date) => Math.floor(new Date(time).getTime() / 1000);

/** Thrown for an event that nobody may act on; the queue keeps it for people. */
export class RejectedEvent extends Error {
  constructor(code: string, message: string) {
    super(message);
    this.name = code;
  }
}

/**
 * One event, from bytes to a running case: store the bytes, attach each finding to its case, and make sure that a run
 * takes it. Each part may happen twice; whatever fails half-way is done by the next delivery of the same message.
 */
export async function takeIn(body: string, around: TakeInPorts, recalls = true): Promise<Taken[]> {
  const bytes = Buffer.from(body, 'utf8');
  const readings = readEvent(bytes, { lists: around.settings, byRule: around.byRule });
  const taken: Taken[] = [];
  const failures: unknown[] = [];
  for (const reading of readings) {
    if (reading.outcome === 'ignored') taken.push(reading);
    if (reading.outcome !== 'finding') continue;
    // One that must wait holds up no other of its event.
    try {
      taken.push(...(await takeFinding(reading.finding, body, around, recalls)));
    } catch (failure) {
      failures.push(failure);
    }
  }
  if (failures.length > 0) throw failures[0];
  const rejected = readings.find((reading) => reading.outcome === 'rejected');
  if (rejected) throw new RejectedEvent(rejected.code, rejected.message);
  return taken;
}

async function takeFinding(finding: Finding, body: string, around: TakeInPorts, recalls: boolean): Promise<Taken[]> {
  const opens = mayOpen(finding);
  const attached = opens ? await attach(finding, Buffer.from(body, 'utf8'), around) : await join(finding, body, around);
  if (!attached) return [{ outcome: 'heard', findingId: finding.id }];
  const { caseId, run, outcome, waiting } = attached;
  const started = waiting ? await ensureRun(caseId, run, around) : run;
  // After the start, so that the cut does not wait for it: what is found joins the run that has begun.
  const recalled = recalls && opens ? await recall(finding, around) : [];
  return [{ outcome, caseId, run: started, findingId: finding.id }, ...recalled];
}

/** The bytes are stored before anything names them; those of a repeat, which come for months, are not. */
async function attach(finding: Finding, bytes: Uint8Array, around: TakeInPorts) {
  const { register, evidence, settings, now } = around;
  const repeat = await register.repeated(finding);
  if (repeat) return repeat;
  await evidence.put(rawKey(finding.raw), bytes);
  return settled(() => register.attach(finding, now().toISOString(), settings.mode), around);
}

/**
 * A finding that opens no case. It is kept first and its case looked for after, as a case is opened first and news of
 * it looked for after: whichever comes first, one of the two sees the other. Evidence is written for cases alone.
 */
async function join(finding: Finding, body: string, around: TakeInPorts) {
  const { register, evidence, settings, now } = around;
  await register.hear(finding, body, secondsOf(finding.observedAt) + heardSeconds);
  if (!(await register.isOpenFor(finding))) return null;
  await evidence.put(rawKey(finding.raw), Buffer.from(body, 'utf8'));
  return settled(() => register.join(finding, now().toISOString(), settings.mode), around);
}

/** What was heard of the identity before its case was opened is taken in again, and joins it; nothing is recalled for that. */
async function recall(finding: Finding, around: TakeInPorts): Promise<Taken[]> {
  const taken: Taken[] = [];
  // Intake has kept it after it was believed, by whichever queue it came.
  for (const body of await around.register.heard(finding, secondsOf(around.now())))
    taken.push(...(await takeIn(body, { ...around, byRule: false }, false)));
  return taken;
}

/** While a case writes its last record the finding stays in the queue; if the run died doing it, the next run takes it. */
async function settled(put: () => Promise<Attachment | null>, { register, start }: TakeInPorts) {
  const first = await put();
  if (first?.outcome !== 'closing') return first && { ...first, outcome: first.outcome };
  if ((await start(first.caseId, first.run)) === 'ended') {
    await register.nextRun(first.caseId, first.run);
    const second = await put();
    if (second?.outcome !== 'closing') return second && { ...second, outcome: second.outcome };
  }
  throw new RetryableError(`${first.caseId} is being closed; the finding stays in the queue until it is`);
}

/** A run that ended without parking or closing its case (stopped by hand, say) will not take the finding: the next does. */
async function ensureRun(caseId: string, from: number, { start, register }: TakeInPorts): Promise<number> {
  let run = from;
  for (let tries = 0; tries < 3; tries += 1) {
    if ((await start(caseId, run)) !== 'ended') return run;
    run = await register.nextRun(caseId, run);
  }
  throw new Error(`${caseId}: no run could be started; the finding stays in the queue`);
}
