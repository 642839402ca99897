import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Who may import whom: everything else is forbidden. `local` and `test` may import anything. */
const allowed: Record<string, RegExp> = {
  core: /^(\.\.?\/|#core\/|#verifier\/format$|valibot$)/,
  adapters:
    /^(\.\/|#adapters\/|#core\/|#verifier\/format$|@aws-sdk\/|@cedar-policy\/|@aws-lambda-powertools\/|aws-lambda$|fflate$|jose$|valibot$|node:)/,
  functions: /^(#adapters\/|#core\/|aws-lambda$)/,
  lib: /^(\.\/|#lib\/|#core\/|#adapters\/permissions$|aws-cdk-lib|constructs$|cdk-nag$|esbuild$|node:)/,
  verifier: /^\.\//,
  bin: /^(?!.*#?(functions|local|test)\/)/,
};
/** The one place for each thing that its folder may not use elsewhere. */
const exceptions = [/^core\/digest\.ts node:crypto$/];

const root = join(import.meta.dirname, '..');
const filesOf = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file));
const textOf = (file: string) => readFileSync(join(root, file), 'utf8');
/** Static imports and re-exports, bare ones included; a relative one is followed into its folder. */
const importsOf = (file: string): string[] =>
  [...textOf(file).matchAll(/^\s*(?:import|export)\b(?:[^'";]*?\bfrom)?\s*'([^']+)'/gm)].map(([, name = '']) => name);
const leaves = (file: string, name: string) =>
  name.startsWith('.') && !relative(root, join(root, file, '..', name)).startsWith(`${file.split('/')[0]}/`);

/** Code without its comments and texts. */
const codeOf = (file: string) =>
  textOf(file)
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\/\/.*$/gm, '')
    .replace(/'(?:[^'\\\n]|\\.)*'/g, "''");

describe.each(Object.keys(allowed))('%s', (folder) => {
  const files = filesOf(folder);

  it('imports only what it may', () => {
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter((name) => !allowed[folder]?.test(name) || leaves(file, name))
        .map((name) => `${file} ${name}`)
        .filter((line) => !exceptions.some((exception) => exception.test(line))),
    );
    expect(wrong).toEqual([]);
  });

  it('is not empty, so that this test looks at something', () => {
    expect(files.flatMap(importsOf).length).toBeGreaterThan(0);
  });
});

describe('core', () => {
  it.each([
    ['no dynamic import', /\bimport\s*\(/],
    ['no clock', /\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\./],
    ['no environment', /\bprocess\b/],
    ['no chance', /\bMath\.random\b|\brandomUUID\b/],
    ['no network', /\bfetch\s*\(/],
    ['no timer', /\bset(Timeout|Interval|Immediate)\b/],
    ['no log', /\bconsole\b/],
  ])('has %s', (_, pattern) => {
    expect(filesOf('core').filter((file) => pattern.test(codeOf(file)))).toEqual([]);
  });
});

describe('what people and AWS run', () => {
  it('is imported by nobody', () => {
    const wrong = ['core', 'adapters', 'functions', 'lib', 'verifier', 'bin'].flatMap((folder) =>
      filesOf(folder).flatMap((file) =>
        importsOf(file)
          .map((name) => (name.startsWith('.') ? relative(root, join(root, file, '..', name)) : name.replace('#', '')))
          .filter((path) => /^(functions|local|test)\//.test(path) || (path.startsWith('bin/') && folder !== 'bin'))
          .map((path) => `${file} ${path}`),
      ),
    );
    expect(wrong).toEqual([]);
  });
});
