import type { Case } from '#core/case';
import { stopReason } from '#core/plan/brakes';
import { visible } from '#core/visible';
import type { Terminal } from '../terminal.ts';
import type { Deployed } from './stack.ts';

const heads = ['CASE', 'IDENTITY', 'STAGE', 'SIGNAL', 'VERDICT', 'OWNER', 'OPENED', 'DUE', 'NEEDS'];
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
  else for (const line of aligned([heads, ...cases.map(row)])) out(line);
  return 0;
}

const row = ({ id, identity, stage, signal, openedAt, facts }: Case): string[] => [
  id,
  identity.key,
  stage,
  signal,
  (stage === 'closed' && (facts.look?.verdict ?? facts.close?.verdict)) || '-',
  facts['assign-owner']?.owner?.owner ?? '-',
  minute(openedAt),
  minute(facts['assign-owner']?.dueAt),
  stage === 'parked' ? (facts.park?.needs ?? 'a person') : '-',
];

export const minute = (at: string | undefined): string => (at ? `${at.slice(0, 16).replace('T', ' ')}Z` : '-');

/** Columns as wide as their widest cell as it will be shown, the last one ragged; a stranger's endless name is cut. */
function aligned(rows: string[][]): string[] {
  const cells = rows.map((row) =>
    row.map((cell) => {
      const shown = visible(cell);
      return shown.length > widest ? `${shown.slice(0, widest - 1)}…` : shown;
    }),
  );
  const widths = heads.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
