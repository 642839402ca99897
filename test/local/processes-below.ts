import { readdirSync, readFileSync } from 'node:fs';

function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return '';
  }
}

/** The processes whose TMPDIR lies below a folder: an engine's server and its Lambda workers. Linux only. */
export const processesBelow = (dir: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) =>
      environmentOf(pid)
        .split('\0')
        .some((line) => line.startsWith(`TMPDIR=${dir}/`)),
    )
    .map(Number);
