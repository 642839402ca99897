import { visible } from '#core/visible';

/** Columns as wide as their widest cell as it will be shown, the last one ragged; a cell wider than `widest` is cut. */
export function aligned(rows: string[][], widest = Number.POSITIVE_INFINITY): string[] {
  const cells = rows.map((row) =>
    row.map((cell) => {
      const shown = visible(cell);
      return shown.length > widest ? `${shown.slice(0, widest - 1)}…` : shown;
    }),
  );
  const columns = Math.max(0, ...cells.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  );
  return cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
