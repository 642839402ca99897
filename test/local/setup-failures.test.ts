import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FreshClone, freshClone, pythonThatInstalls } from './fresh-clone.ts';

let clone: FreshClone;
beforeEach(() => {
  clone = freshClone();
});
afterEach(() => clone.remove());

const oneLine = /^rescind: [^\n]+\n$/;
const lastLine = (text: string) => text.trimEnd().split('\n').at(-1);

describe('a set-up that cannot go on says why in one line, with the remedy, and exits 3', { timeout: 30_000 }, () => {
  const print = (text: string, code = 1) => `console.log(${JSON.stringify(text)}); process.exitCode = ${code};`;
  const python = (version: string, venv: string) =>
    `if (process.argv[2] === '-c') console.log(${JSON.stringify(version)}); else { ${venv} }`;

  const cases: { name: string; arrange: () => void; says: RegExp }[] = [
    {
      name: 'npm cannot reach its registry',
      arrange: () => clone.tool('npm', print('npm error code ENOTFOUND\nnpm error network request failed')),
      says: /npm ci cannot reach its package registry: check the network .*details: .*setup\.log/,
    },
    {
      name: 'npm runs out of disk',
      arrange: () => clone.tool('npm', print('npm error ENOSPC: no space left on device, write')),
      says: /the disk is full: free about 1 GB/,
    },
    {
      name: 'npm fails otherwise',
      arrange: () => clone.tool('npm', print('npm error code EUSAGE\nlockfile and package.json do not agree')),
      says: /npm ci failed \(exit 1\): npm error code EUSAGE \(details: /,
    },
    {
      name: 'npm is missing',
      arrange: () => clone.tool('npm', null),
      says: /npm is not on PATH: install Node 20 or later with npm/,
    },
    {
      name: 'npm blocked the install script of the pinned Node',
      arrange: () => clone.tool('npm', "fs.mkdirSync('node_modules/.bin', { recursive: true });"),
      says: /npm left out the pinned Node [\d.]+ \(install scripts are blocked\): run 'npm config set ignore-scripts false'/,
    },
    {
      name: 'another Node than the pinned one was installed',
      arrange: () =>
        clone.tool(
          'npm',
          `fs.mkdirSync('node_modules/.bin', { recursive: true });
           fs.writeFileSync('node_modules/.bin/node', '#!' + process.execPath + '\\nconsole.log("v18.0.0")');
           fs.chmodSync('node_modules/.bin/node', 0o755);`,
        ),
      says: /node_modules\/\.bin\/node is v18\.0\.0 and not v[\d.]+: delete node_modules/,
    },
    {
      name: 'there is no Python',
      arrange: () => clone.tool('python3', null),
      says: /no Python 3\.10 or later on PATH: install Python with its venv module/,
    },
    {
      name: 'Python is too old',
      arrange: () => clone.tool('python3', python('3 9 True', '')),
      says: /no Python 3\.10 or later on PATH/,
    },
    {
      name: 'the python3 on PATH does not start',
      arrange: () => clone.tool('python3', print('pyenv: version not installed', 127)),
      says: /no Python 3\.10 or later on PATH/,
    },
    {
      name: 'Python has no venv module',
      arrange: () => clone.tool('python3', python('3 11 False', '')),
      says: /python3 \(Python 3\.11\) has no venv module: install it \(Debian, Ubuntu: apt install python3\.11-venv\)/,
    },
    {
      name: 'the venv stays half-made because ensurepip is hidden',
      arrange: () =>
        clone.tool(
          'python3',
          python(
            '3 11 True',
            `fs.mkdirSync(process.argv[4] + '/bin', { recursive: true });
             ${print('The virtual environment was not created successfully because ensurepip is not\navailable.')}`,
          ),
        ),
      says: /has no venv module: install it/,
    },
    {
      name: 'pip cannot reach its registry',
      arrange: () => clone.tool('python3', pipThatPrints('ERROR: No matching distribution (from versions: none)')),
      says: /pip install cannot reach its package registry: check the network/,
    },
    {
      name: 'pip runs out of disk',
      arrange: () => clone.tool('python3', pipThatPrints('ERROR: [Errno 28] No space left on device')),
      says: /the disk is full/,
    },
    {
      name: 'a package has another hash than the pinned one',
      arrange: () => clone.tool('python3', pipThatPrints('ERROR: THESE PACKAGES DO NOT MATCH THE HASHES')),
      says: /pip install failed \(exit 1\): ERROR: THESE PACKAGES DO NOT MATCH THE HASHES/,
    },
  ];

  const pipThatPrints = (text: string) =>
    `const args = process.argv.slice(2);
     if (args[0] === '-c') console.log('3 12 True');
     else if (args[1] === 'venv') {
       fs.mkdirSync(args[2] + '/bin', { recursive: true });
       fs.copyFileSync(process.argv[1], args[2] + '/bin/python');
     } else { ${print(text)} }`;

  it.each(cases)('when $name', async ({ arrange, says }) => {
    arrange();
    const { code, stdout, stderr } = await clone.run(['demo']);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(lastLine(stderr)).toMatch(says);
    expect(existsSync(clone.path('.local/venv'))).toBe(false);
    expect(existsSync(clone.path('.local/setup.lock'))).toBe(false);
  });

  it('when Node is too old', async () => {
    const old = "Object.defineProperty(process, 'versions', { value: { node: '18.20.1' } })";
    const { code, stderr } = await clone.run(['demo'], {}, [
      '--import',
      `data:text/javascript,${encodeURIComponent(old)}`,
    ]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^rescind: Node 18\.20\.1 is too old: install Node 20 or later and run this again\n$/);
  });

  it.skipIf(!existsSync('/dev/full'))('when our own log does not fit on the disk', async () => {
    mkdirSync(clone.path('.local'));
    symlinkSync('/dev/full', clone.path('.local/setup.log'));
    const { code, stderr } = await clone.run(['demo']);
    expect(code).toBe(3);
    expect(lastLine(stderr)).toBe('rescind: the disk is full: free about 1 GB and run this again');
  });

  it('when .local cannot be made', async () => {
    writeFileSync(clone.path('.local'), 'a file');
    const { code, stderr } = await clone.run(['demo']);
    expect(code).toBe(3);
    expect(stderr).toMatch(oneLine);
  });

  it('and tries again from the start the next time', async () => {
    clone.tool('python3', pipThatPrints('ERROR: No matching distribution (from versions: none)'));
    expect((await clone.run(['demo'])).code).toBe(3);
    clone.tool('python3', pythonThatInstalls);
    expect((await clone.run(['demo'])).code).toBe(0);
  });
});
