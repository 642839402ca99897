import { RescindError } from '#core/error';
import type { Reopened, Reopening } from '#core/register';
import type { Settings } from '#core/settings';
import { anew, type CaseRows } from './attach.ts';

/**
 * Opens the next run of a case without a finding, or the first of one that is only noted. May come twice: a case that is
 * open already answers the run that it is at, and one that has rested since the run that was seen is left alone. A closed
 * case goes on also where another one of its identity is open, for its cuts are its own to mend; names that lead there by
 * now stay the other's.
 */
export async function reopenCase(
  rows: Pick<CaseRows, 'load' | 'advance'>,
  caseId: string,
  mode: Settings['mode'],
  { control, run: seen, deadRun }: Reopening,
): Promise<Reopened> {
  for (let tries = 0; tries < 12; tries += 1) {
    const found = await rows.load(caseId);
    if (!found) throw new RescindError('CASE_UNKNOWN', caseId);
    const { run, stage, identity } = found;
    if (stage === 'noted') {
      if (!(await rows.advance(found, { stage: 'opened', mode }))) continue;
      return { caseId, run, outcome: 'reopened' };
    }
    const isResting = (stage === 'parked' || stage === 'closed') && !found.closing;
    if (isResting && run > seen) return { caseId, run, outcome: 'gone-on' };
    if (!isResting && run !== deadRun) return { caseId, run, outcome: found.closing ? 'closing' : 'running' };
    const aliases = stage === 'closed' ? identity.aliases : [];
    const accepted = [...new Set([...found.accepted, ...(found.facts.verify?.strangers ?? [])])];
    const told = control === 'retry' ? { accepted } : {};
    const changes = { run: run + 1, mode, closing: false, ...told, ...anew(found) };
    if (await rows.advance(found, changes, aliases)) return { caseId, run: run + 1, outcome: 'reopened' };
  }
  throw new Error(`${caseId}: too many others write it; the message stays in the queue`);
}
