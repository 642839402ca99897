import { describe, expect, it } from 'vitest';
import { parseSettings } from '#core/settings';
import * as registry from '#core/sources';
import type { Class } from '#core/sources/signal';
import { signalsCommand } from '../../bin/commands/signals.ts';
import { fencesOf, proseOf, tableUnder } from './pages.ts';

const page = 'docs/signals.md';
const sources = Object.values(registry);
const headings = [...proseOf(page).matchAll(/^## .+$/gm)].map(([heading]) => heading);
const headingOf = (source: string) => headings.find((heading) => heading.endsWith(`(\`${source}\`)`)) ?? '';
const sectionOf = (source: string) =>
  proseOf(page)
    .split(`\n${headingOf(source)}\n`)[1]
    ?.split('\n## ')[0] ?? '';

const row = ({ types, atLeast, signal, why }: Class) => [
  `\`${types}\``,
  atLeast === undefined ? 'any' : String(atLeast),
  `\`${signal}\``,
  why,
];

describe('docs/signals.md', () => {
  it('has a section for every source, and for no other', () => {
    const described = headings.flatMap((heading) => /\(`(\w+)`\)$/.exec(heading)?.[1] ?? []);
    expect(described.toSorted()).toEqual(sources.map(({ name }) => name).toSorted());
  });

  it.each(sources)('has the classes of $name as they are, in their order', ({ name, classes }) => {
    expect(tableUnder(page, headingOf(name))).toEqual(classes.map(row));
  });

  it.each(sources)('says of $name what to switch on, what arrives, and what is not covered', ({ name }) => {
    for (const part of ['**Switch on:**', '**Arrives:**', '**Not covered:**']) expect(sectionOf(name)).toContain(part);
  });

  it('lists what is immediate by default', () => {
    const listed = tableUnder(page, '## Changing it').map(([entry]) => entry);
    expect(listed).toEqual(parseSettings({}).immediate.map((entry) => `\`${entry}\``));
  });

  it('shows settings that are valid, and what the command prints for them', () => {
    const [settings = '', printed = ''] = fencesOf(page).map(({ code }) => code);
    const out: string[] = [];
    signalsCommand({ lists: parseSettings(JSON.parse(settings)), json: false }, { out: (line) => out.push(line) });
    const [, ...shown] = printed.trimEnd().split('\n');
    // Columns are as wide as the types of all sources ask.
    const cells = (line: string) => line.split(/ {2,}/);
    for (const line of shown.filter((each) => each !== '…')) expect(out.map(cells)).toContainEqual(cells(line));
    expect(out.slice(0, 6)).toEqual(shown.slice(1, 7));
  });

  it('closes with what is not covered', () => {
    expect(headings.at(-1)).toBe('## What is not covered');
  });
});
