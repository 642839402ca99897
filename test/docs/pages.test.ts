import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { fencesOf, pages, proseOf, root, textOf } from './pages.ts';

/** As GitHub makes the anchor of a heading. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
const anchorsOf = (page: string) =>
  [...proseOf(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, text = '']) => anchorOf(text));

/** Placeholders for files to come are written in capitals. */
const isPath = (text: string) =>
  /^(adapters|bin|core|docs|functions|lib|local|policies|test|verifier)\/[\w./-]*$/.test(text) &&
  !/[A-Z]{3}/.test(text);

describe.each(pages)('%s', (page) => {
  const prose = proseOf(page);

  it('links to nothing that is not there', () => {
    const links = [...prose.matchAll(/\]\(([^)]+)\)|src="([^"]+)"/g)].map(([, link, source]) => link ?? source ?? '');
    const broken = links.filter((link) => {
      if (/^https?:/.test(link)) return false;
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : join(dirname(page), path);
      return !existsSync(join(root, target)) || (anchor !== undefined && !anchorsOf(target).includes(anchor));
    });
    expect(broken).toEqual([]);
  });

  it('names no file that is not there', () => {
    const named = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => text).filter(isPath);
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('calls no npm script and no program that is not there', () => {
    const text = textOf(page);
    const scripts = [...text.matchAll(/npm run (?:-s )?([\w:]+)/g)].map(([, name = '']) => name);
    expect(scripts.filter((name) => !Object.hasOwn(packageJson.scripts, name))).toEqual([]);
    const programs = [...text.matchAll(/npx (?!vitest run --project)(\w+)/g)].map(([, name = '']) => name);
    expect(programs.filter((name) => !existsSync(join(root, 'node_modules/.bin', name)))).toEqual([]);
  });

  it('holds only JSON that is JSON', () => {
    const broken = fencesOf(page).filter(({ language, code }) => {
      if (language !== 'json') return false;
      try {
        JSON.parse(code);
        return false;
      } catch {
        return true;
      }
    });
    expect(broken).toEqual([]);
  });
});

describe('the pictures', () => {
  it('are small', () => {
    for (const file of ['docs/demo.svg', 'docs/report.png'])
      expect(statSync(join(root, file)).size, file).toBeLessThan(200 * 1024);
  });
});

describe('the decisions in docs/adr', () => {
  const decisions = pages.filter((page) => page.startsWith('docs/adr/')).toSorted();

  it('are numbered without a gap, in name and title', () => {
    const numbers = decisions.map((_, index) => index + 1);
    expect(decisions.map((page) => Number(page.slice('docs/adr/'.length).slice(0, 4)))).toEqual(numbers);
    expect(decisions.map((page) => Number(/^# (\d+)\. /.exec(textOf(page))?.[1]))).toEqual(numbers);
  });

  it.each(decisions)('say context, decision and consequences: %s', (page) => {
    const headings = [...textOf(page).matchAll(/^## (.+)$/gm)].map(([, text]) => text);
    expect(headings).toEqual(['Context', 'Decision', 'Consequences']);
  });
});
