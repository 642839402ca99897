import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const home = resolve(import.meta.dirname, '..', '..');

/** What each fake tool does unless a test says otherwise. They run without a shell, for PATH holds nothing but them. */
const npmThatInstalls = `
  fs.mkdirSync('node_modules/.bin', { recursive: true });
  fs.rmSync('node_modules/.bin/node', { force: true });
  fs.symlinkSync(process.execPath, 'node_modules/.bin/node');
  console.log('added 1 package');`;
export const pythonThatInstalls = `
  const args = process.argv.slice(2);
  if (args[0] === '-c') console.log('3 12 True');
  if (args[1] === 'venv') {
    fs.mkdirSync(args[2] + '/bin', { recursive: true });
    fs.copyFileSync(process.argv[1], args[2] + '/bin/python');
  }`;

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface FreshClone {
  root: string;
  path(name: string): string;
  /** Replaces a tool on PATH by a script; `null` takes it away. */
  tool(name: string, script: string | null): void;
  /** How often the tool was called with these first arguments. */
  callsOf(name: string, first: string): number;
  start(args: string[], env?: Record<string, string>, nodeArgs?: string[]): ChildProcess;
  run(args: string[], env?: Record<string, string>, nodeArgs?: string[]): Promise<Ended>;
  remove(): void;
}

export async function ended(child: ChildProcess): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}

/** A copy of the set-up and little else, with fake npm and Python: what a stranger's clone looks like to setup.mjs. */
export function freshClone(): FreshClone {
  const root = mkdtempSync(join(tmpdir(), 'rescind-clone-'));
  const tools = join(root, 'tools');
  const path = (name: string) => join(root, name);
  mkdirSync(tools);
  mkdirSync(path('bin'));
  for (const name of ['setup.mjs', 'setup', 'requirements.txt', 'requirements-test.txt']) {
    cpSync(join(home, 'local', name), path(`local/${name}`), { recursive: true });
  }
  const lock = { packages: { 'node_modules/node': { version: process.versions.node } } };
  writeFileSync(path('package-lock.json'), JSON.stringify(lock));
  writeFileSync(path('local/demo.ts'), "console.log('the demo ran', process.argv.slice(2).join(' '));");
  writeFileSync(path('bin/rescind.ts'), "console.log('{}');");

  const tool = (name: string, script: string | null) => {
    rmSync(join(tools, name), { force: true });
    if (script === null) return;
    const record = `fs.appendFileSync(${JSON.stringify(join(tools, `${name}.calls`))}, process.argv.slice(2).join(' ') + '\\n');`;
    writeFileSync(join(tools, name), `#!${process.execPath}\nconst fs = require('node:fs');\n${record}\n${script}\n`);
    chmodSync(join(tools, name), 0o755);
  };
  tool('npm', npmThatInstalls);
  tool('python3', pythonThatInstalls);
  symlinkSync(process.execPath, join(tools, 'node'));

  const start: FreshClone['start'] = (args, env = {}, nodeArgs = []) =>
    spawn(process.execPath, [...nodeArgs, path('local/setup.mjs'), ...args], {
      cwd: root,
      env: { PATH: tools, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });

  return {
    root,
    path,
    tool,
    callsOf(name, first) {
      let calls = '';
      try {
        calls = readFileSync(join(tools, `${name}.calls`), 'utf8');
      } catch {
        return 0;
      }
      return calls.split('\n').filter((line) => line.startsWith(first)).length;
    },
    start,
    run: (...args) => ended(start(...args)),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
