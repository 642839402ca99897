import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');
export const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');

/** Every page that strangers read, by its path from the root. */
export const pages: readonly string[] = ['', 'docs', 'docs/adr'].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((file) => file.endsWith('.md'))
    .map((file) => join(folder, file)),
);

export interface Fence {
  language: string;
  code: string;
}

/** The fenced blocks of a page. */
export const fencesOf = (page: string): Fence[] =>
  [...textOf(page).matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = '', code = '']) => ({
    language,
    code,
  }));

/** The page without its fenced blocks. */
export const proseOf = (page: string): string => textOf(page).replace(/^```\w*\n[\s\S]*?^```$/gm, '');

/** Rows of the tables under a heading, cells trimmed, head and rule left out. */
export function tableUnder(page: string, heading: string): string[][] {
  const [, after = ''] = proseOf(page).split(`\n${heading}\n`);
  const [section = ''] = after.split(/\n#{1,6} /);
  return section
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2)
    .map((line) => line.split(' | ').map((cell) => cell.replace(/^\|\s*|\s*\|$/g, '').trim()));
}
