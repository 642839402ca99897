import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root, tableUnder, textOf } from './pages.ts';

const page = 'docs/threats.md';
const groups = [
  '## Making it cut whom it should not',
  '## Escaping the cut',
  '## Using our own roles',
  '## Losing a case, or claiming too much',
];
const threats = groups.flatMap((heading) => tableUnder(page, heading).map(([number = '']) => number));
const shown = [...textOf(page).matchAll(/^- (\w+): `([^`]+)` › (.+)$/gm)].map(
  ([, number = '', file = '', title = '']) => ({ number, file, title }),
);

/** The title as a test's first argument, in either kind of quotes. */
const holds = (text: string, title: string) =>
  [`'${title}'`, `"${title}"`].some((quoted) => text.includes(`${quoted},`));

describe('docs/threats.md', () => {
  it('shows each threat by a test, in order', () => {
    expect([...new Set(shown.map(({ number }) => number))]).toEqual(threats);
    expect(threats.length).toBeGreaterThan(40);
  });

  it.each(shown)('names a test that is there: $number $file', ({ file, title }) => {
    expect(existsSync(join(root, file))).toBe(true);
    expect(holds(textOf(file), title) ? title : `${file} has no test of the title ${title}`).toBe(title);
  });

  it('quotes statements of the policies by ids that they have', () => {
    const [, ...quoted] = textOf(page).split(/[Pp]olicy "/);
    const ids = quoted.map((rest) => rest.split('"')[0] ?? '');
    expect(ids.filter((id) => !textOf('policies/response.cedar').includes(`@id("${id}")`))).toEqual([]);
    expect(ids.length).toBeGreaterThan(6);
  });

  it('tells of every function what a thief of its role could do', () => {
    const told = tableUnder(page, '### The roles')
      .map(([role = '']) => role)
      .join(' ');
    const functions = readdirSync(join(root, 'functions')).map((file) => file.replace('.ts', ''));
    expect(functions.filter((name) => !told.includes(`\`${name}\``))).toEqual([]);
  });
});
