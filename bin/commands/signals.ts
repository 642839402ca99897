import * as registry from '#core/sources';
import { classify, type SignalLists } from '#core/sources/signal';
import { aligned } from '../aligned.ts';
import type { Terminal } from '../terminal.ts';

/** `rescind signals`: what decides how urgent a finding is; first the entries of the settings, then each source's classes. */
export function signalsCommand(
  { lists, json }: { lists: SignalLists; json: boolean },
  { out }: Pick<Terminal, 'out'>,
): number {
  const listed = entriesOf(lists);
  const sources = Object.values(registry).map(({ name, classes }) => ({
    name,
    classes: classes.map(({ types, atLeast = null, signal, why }) => ({ types, atLeast, signal, why })),
  }));
  if (json) {
    out(JSON.stringify({ listed, sources }));
    return 0;
  }
  const rows = sources.flatMap(({ name, classes }) =>
    classes.map(({ types, atLeast, signal, why }) => [name, types, String(atLeast ?? 'any'), signal, why]),
  );
  for (const line of aligned([['LISTED', 'SIGNAL'], ...listed.map(({ types, signal }) => [types, signal])])) out(line);
  out('');
  for (const line of aligned([['SOURCE', 'TYPE', 'FROM', 'SIGNAL', 'WHY'], ...rows])) out(line);
  return 0;
}

/** Each entry once, with what it counts as: it may stand in two lists. */
const entriesOf = (lists: SignalLists) =>
  [...new Set([...lists.immediate, ...lists.blocking, ...lists.advisory])]
    .toSorted()
    .map((types) => ({ types, signal: classify(types, null, [], lists).signal }));
