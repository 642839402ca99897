import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type Figure, figure, figureOfLeast } from './figure.ts';
import { oneCore } from './one-core.ts';
import type { Measured } from './read-records.ts';

const mostRatio = 3;
const leastPerSecond = 20_000;

/** How fast the door is beside the parser that it cannot do without. */
export function readingFigures(): Figure[] {
  const [command, args] = oneCore.command(process.execPath, [join(import.meta.dirname, 'read-records.ts')]);
  const { stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', env: { PATH: process.env.PATH } });
  if (stdout === '') throw new Error(`reading did not end: ${stderr.trim().split('\n').at(-1)}`);
  const [mixed, listed] = JSON.parse(stdout) as [Measured, Measured];
  const how = ({ records, found, bytes, rounds }: Measured) =>
    `readEvent, and JSON.parse of the same bytes decoded, in turn over ${records} records of our own (${(bytes / records / 1000).toFixed(1)} KB, ${found} of them findings), median of ${rounds} rounds after as many; Node ${process.version}, ${oneCore.said}`;
  const name = 'reading bare CloudTrail records';
  return [
    figure(`${name}, readEvent to JSON.parse`, mixed.readMs / mixed.parseMs, 'x', how(mixed), mostRatio),
    figureOfLeast(name, (mixed.records / mixed.readMs) * 1000, '/s', how(mixed), leastPerSecond),
    figure(`${name}, all of them findings, readEvent to JSON.parse`, listed.readMs / listed.parseMs, 'x', how(listed)),
  ];
}
