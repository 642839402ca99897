import type { Figure } from './figure.ts';

/** The figures for people, one a line, how each was got below it once where several share it. */
export function table(
  figures: readonly Figure[],
  mark: { good(text: string): string; bad(text: string): string; dim(text: string): string },
): string {
  const rows = figures.map(({ name, value, unit, bar, least }) => [
    name,
    `${value}`,
    unit,
    bar === null ? '' : `${least ? '≥' : '≤'} ${bar}`,
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const lines: string[] = [];
  for (const [index, { ok, bar, how }] of figures.entries()) {
    const [name = '', value = '', unit = '', limit = ''] = rows[index] ?? [];
    const sign = bar === null && ok ? ' ' : ok ? mark.good('✔') : mark.bad('✘');
    lines.push(
      `${sign} ${name.padEnd(widths[0] ?? 0)}  ${value.padStart(widths[1] ?? 0)} ${unit.padEnd(widths[2] ?? 0)}  ${limit}`.trimEnd(),
    );
    if (figures[index + 1]?.how !== how) lines.push(mark.dim(`    ${how}`));
  }
  return lines.join('\n');
}
