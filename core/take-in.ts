import { RetryableError } from '#core/error';
import type { Finding } from '#core/finding';
import type { EvidenceStore, Register } from '#core/ports';
import type { Settings } from '#core/settings';
import { readEvent } from '#core/sources/read';
import { rawKey } from '#core/stored-findings';

export interface TakeInPorts {
  register: Register;
  evidence: EvidenceStore;
  start(caseId: string, run: number): Promise<'started' | 'running' | 'ended'>;
  settings: Pick<Settings, 'immediate' | 'mode'>;
  now(): Date;
}

export type Taken =
  | { outcome: 'ignored'; reason: string }
  | { outcome: 'opened' | 'joined' | 'repeated'; caseId: string; run: number; findingId: string };

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
export async function takeIn(body: string, around: TakeInPorts): Promise<Taken[]> {
  const bytes = Buffer.from(body, 'utf8');
  const readings = readEvent(bytes, { immediate: around.settings.immediate });
  const taken: Taken[] = [];
  for (const reading of readings) {
    if (reading.outcome === 'ignored') taken.push(reading);
    if (reading.outcome !== 'finding') continue;
    const { finding } = reading;
    await around.evidence.put(rawKey(finding.raw), bytes);
    const { caseId, run, outcome, waiting } = await attach(finding, around);
    taken.push({ outcome, caseId, run: waiting ? await ensureRun(caseId, run, around) : run, findingId: finding.id });
  }
  const rejected = readings.find((reading) => reading.outcome === 'rejected');
  if (rejected) throw new RejectedEvent(rejected.code, rejected.message);
  return taken;
}

/** While a case writes its last record the finding stays in the queue; if the run died doing it, the next run takes it. */
async function attach(finding: Finding, around: TakeInPorts) {
  const { register, settings, start, now } = around;
  const first = await register.attach(finding, now().toISOString(), settings.mode);
  if (first.outcome !== 'closing') return { ...first, outcome: first.outcome };
  if ((await start(first.caseId, first.run)) === 'ended') {
    await register.nextRun(first.caseId, first.run);
    const second = await register.attach(finding, now().toISOString(), settings.mode);
    if (second.outcome !== 'closing') return { ...second, outcome: second.outcome };
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
