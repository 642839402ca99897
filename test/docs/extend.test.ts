import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fencesOf, root, textOf } from './pages.ts';

const snippets = fencesOf('docs/extend.md')
  .filter(({ language }) => language === 'ts')
  .map(({ code }) => {
    const [first = '', ...rest] = code.split('\n');
    const [, whole, file = '', line] = /^\/\/ (as it is: )?([\w./-]+)(, one line more)?$/.exec(first) ?? [];
    return { file, text: rest.join('\n'), kind: whole ? 'as it is' : line ? 'line' : 'new' };
  });
const ofKind = (kind: string) => snippets.filter((snippet) => snippet.kind === kind);

describe('docs/extend.md', () => {
  it('names the file of every snippet', () => {
    expect(snippets.filter(({ file }) => file === '')).toEqual([]);
  });

  it.each(ofKind('as it is'))('shows $file as it is', ({ file, text }) => {
    const shown = text.split(/^ *\/\/ …$/m).map((part) => part.trim());
    const real = textOf(file);
    expect(shown.filter((part) => !real.includes(part))).toEqual([]);
  });

  it('shows new files that fit where they belong', () => {
    mkdirSync(join(root, '.local'), { recursive: true });
    // Below the root, so that `#core/…` is ours; `rootDirs` lays it over the real folders for `./…`.
    const overlay = mkdtempSync(join(root, '.local', 'extend-'));
    try {
      for (const { file, text } of ofKind('new')) {
        mkdirSync(join(overlay, dirname(file)), { recursive: true });
        writeFileSync(join(overlay, file), text);
      }
      const files = ofKind('new').map(({ file }) => file);
      const compilerOptions = { rootDirs: [root, overlay], allowImportingTsExtensions: true, noEmit: true };
      const config = { extends: join(root, 'tsconfig.json'), compilerOptions, files, include: [] };
      writeFileSync(join(overlay, 'tsconfig.json'), JSON.stringify(config));
      const { stdout } = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', overlay], {
        cwd: root,
        encoding: 'utf8',
      });
      expect(stdout).toBe('');
      expect(files.length).toBeGreaterThan(0);
    } finally {
      rmSync(overlay, { recursive: true });
    }
  });

  it('registers each new file by the line that its folder needs', () => {
    const line = /^export \{ (\w+) \} from '\.\/([\w-]+\.ts)';$/;
    for (const { file, text } of ofKind('new')) {
      const [registered] = ofKind('line').filter((snippet) => dirname(snippet.file) === dirname(file));
      const [, name = '', target = ''] = line.exec(registered?.text.trim() ?? '') ?? [];
      expect(file).toBe(join(dirname(file), target));
      expect(text).toContain(`export const ${name}: `);
    }
  });
});
