import { type Around, examine } from '#core/checks/examine';
import { aligned } from '../aligned.ts';
import type { Terminal } from '../terminal.ts';

const page = 'docs/signals.md says how to switch them on';

/**
 * `rescind doctor`: one line a check. Exit 1 where something is missing that is not accepted, else 3 where something
 * could not be looked at: a job that runs it must not take that for fine.
 */
export async function doctorCommand(
  { accept, json }: { accept: string[]; json: boolean },
  around: Around,
  { out, err }: Pick<Terminal, 'out' | 'err'>,
): Promise<number> {
  const { lines, off } = await examine(around);
  const isAccepted = (name: string) => accept.some((each) => name === each || name.startsWith(`${each}/`));
  const checks = lines.map((line) => ({
    ...line,
    accepted: line.state !== 'ok' && isAccepted(`${line.part}/${line.check}`),
  }));
  if (json) out(JSON.stringify({ checks, off }));
  else {
    const rows = checks.map(({ part, check, state, detail, remedy, accepted }) => [
      accepted ? `(${state})` : state,
      `${part}/${check}`,
      remedy ? `${detail}: ${remedy}` : detail,
    ]);
    for (const row of aligned(rows)) out(row);
  }
  const count = (state: string) => checks.filter((line) => line.state === state && !line.accepted).length;
  if (off.length > 0) err(`not listened to: ${off.join(', ')} (${page})`);
  err(`missing: ${count('missing')}; unknown: ${count('unknown')}; of ${checks.length} checks`);
  if (count('missing') > 0) return 1;
  return count('unknown') > 0 ? 3 : 0;
}
