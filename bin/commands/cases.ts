import type { Case } from '#core/case';
import { stopReason } from '#core/plan/brakes';
import { aligned } from '../aligned.ts';
import type { Terminal } from '../terminal.ts';
import type { Deployed } from './stack.ts';

const heads = ['CASE', 'IDENTITY', 'STAGE', 'SIGNAL', 'VERDICT', 'OWNER', 'OPENED', 'DUE', 'NEEDS'];
/** A stranger's endless name is cut. */
const widest = 60;

/** `rescind cases`: the newest cases, one a line. */
export async function casesCommand(
  { limit, json }: { limit: number; json: boolean },
  { register }: Pick<Deployed, 'register'>,
  { out, err }: Pick<Terminal, 'out' | 'err'>,
): Promise<number> {
  const [cases, stop] = await Promise.all([register.list(limit), register.stopSwitch()]);
  if (stop?.stopped) err(stopReason(stop));
  if (json) out(JSON.stringify(cases));
  else if (cases.length === 0) err('there is no case yet');
  else for (const line of aligned([heads, ...cases.map(row)], widest)) out(line);
  return 0;
}

/** Of a closed case; what a rollback has lifted since is not as the verdict says. */
export const verdictOf = (found: Case): string | undefined => {
  const { stage, facts } = found;
  const verdict = stage === 'closed' ? (facts.look?.verdict ?? facts.close?.verdict) : undefined;
  return verdict && isRolledBack(found) ? `${verdict}, rolled back` : verdict;
};

/** Whether a rollback came after whatever the case says of its cuts. */
export const isRolledBack = ({ records, lifted }: Case): boolean =>
  lifted.length > 0 && records.at(-1)?.step === 'rollback';

const row = (found: Case): string[] => {
  const { id, identity, stage, signal, openedAt, facts } = found;
  return [
    id,
    identity.key,
    stage,
    signal,
    verdictOf(found) ?? '-',
    facts['assign-owner']?.owner?.owner ?? '-',
    minute(openedAt),
    minute(facts['assign-owner']?.dueAt),
    stage === 'parked' ? (facts.park?.needs ?? 'a person') : '-',
  ];
};

export const minute = (at: string | undefined): string => (at ? `${at.slice(0, 16).replace('T', ' ')}Z` : '-');
