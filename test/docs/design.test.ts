import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { stages } from '#core/case';
import { pipeline } from '#core/pipeline';
import { rungs } from '#core/step-facts';
import { fencesOf, tableUnder, textOf } from './pages.ts';

describe('docs/design.md', () => {
  it('draws the pipeline that the machine is drawn from', () => {
    const [drawn] = fencesOf('docs/design.md').filter(({ language }) => language === 'pipeline');
    const ways = (drawn?.code.trim().split('\n') ?? []).map((line) => /^(\S+) +-> (\S+) +\S/.exec(line)?.slice(1));
    const real = Object.entries(pipeline).flatMap(([step, nexts]) => nexts.map((next) => [step, next]));
    expect(ways).toEqual(real);
  });

  it('says of every room of core what belongs there', () => {
    const rooms = readdirSync(new URL('../../core/', import.meta.url), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `\`core/${name}/\``);
    const told = [...textOf('docs/design.md').matchAll(/^\| (`core\/\w+\/`) \| \w/gm)].map(([, room]) => room);
    expect(told.toSorted()).toEqual(rooms.toSorted());
  });

  it('explains every rung, in order', () => {
    const explained = tableUnder('docs/design.md', '## Rungs and verdicts').map(([rung]) => rung);
    expect(explained).toEqual(rungs.map((rung) => `\`${rung}\``));
  });

  it('tells the life of a case through every stage of its type', () => {
    const told = [...textOf('docs/design.md').matchAll(/^\*\*(\w+)\.\*\* /gm)].map(([, stage]) => stage);
    expect(told).toEqual([...stages]);
  });
});
