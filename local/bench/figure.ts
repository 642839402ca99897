/** One number of the bench, as `--json` prints it. */
export interface Figure {
  name: string;
  value: number;
  unit: string;
  /** The most that it may be, or the least where `least` says so; null where it stands for the record. */
  bar: number | null;
  least?: true;
  ok: boolean;
  /** How it was got, so that somebody can doubt it. */
  how: string;
}

/** A measured value beside its bar; values are kept to three decimals, and judged as they are. */
export function figure(name: string, value: number, unit: string, how: string, bar: number | null = null): Figure {
  const ok = Number.isFinite(value) && (bar === null || value <= bar);
  return { name, value: Math.round(value * 1000) / 1000, unit, bar, ok, how };
}

/** One that its bar is to be passed by. */
export const figureOfLeast = (name: string, value: number, unit: string, how: string, bar: number): Figure => ({
  ...figure(name, value, unit, how),
  bar,
  least: true,
  ok: value >= bar,
});

/** The value that `share` of the others do not exceed (nearest rank, so it is one that was measured). */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  const upper = sorted[Math.floor(half)] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
}
