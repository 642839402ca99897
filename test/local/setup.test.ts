import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ended, type FreshClone, freshClone, pythonThatInstalls } from './fresh-clone.ts';

let clone: FreshClone;
beforeEach(() => {
  clone = freshClone();
});
afterEach(() => clone.remove());

const oneLine = /^rescind: [^\n]+\n$/;
const lastLine = (text: string) => text.trimEnd().split('\n').at(-1);

describe('a fresh clone', { timeout: 30_000 }, () => {
  it('installs packages and venv once, then runs the task with its arguments', async () => {
    const first = await clone.run(['demo', '--json', 'x']);
    const second = await clone.run(['demo', '--json', 'x']);
    expect(first).toMatchObject({ code: 0, stdout: 'the demo ran --json x\n' });
    expect(second).toEqual({ code: 0, stdout: 'the demo ran --json x\n', stderr: '' });
    expect(clone.callsOf('npm', 'ci')).toBe(1);
    expect(clone.callsOf('python3', '-m venv')).toBe(1);
  });

  it('lets nothing but the output of the command reach stdout', async () => {
    const { stdout } = await clone.run(['rescind', 'cases']);
    expect(stdout).toBe('{}\n');
  });

  it('makes no venv for a task that needs no engine', async () => {
    clone.tool('python3', null);
    expect(await clone.run(['rescind'])).toMatchObject({ code: 0 });
  });

  it('installs again when the lockfile has changed', async () => {
    await clone.run(['rescind']);
    writeFileSync(clone.path('package-lock.json'), `${readFileSync(clone.path('package-lock.json'))} `);
    await clone.run(['rescind']);
    expect(clone.callsOf('npm', 'ci')).toBe(2);
  });

  it('makes the venv again when its requirements have changed', async () => {
    await clone.run(['demo']);
    writeFileSync(clone.path('local/requirements.txt'), 'other==1');
    await clone.run(['demo']);
    expect(clone.callsOf('python3', '-m venv')).toBe(2);
  });

  it('does not take a venv folder without its stamp for a finished one', async () => {
    mkdirSync(clone.path('.local/venv/bin'), { recursive: true });
    writeFileSync(clone.path('.local/venv/bin/python'), '');
    expect(await clone.run(['demo'])).toMatchObject({ code: 0 });
    expect(clone.callsOf('python3', '-m venv')).toBe(1);
  });

  it('passes the exit code of the task on', async () => {
    writeFileSync(clone.path('bin/rescind.ts'), 'process.exit(7);');
    expect((await clone.run(['rescind'])).code).toBe(7);
  });

  it('runs the task under the pinned Node with node_modules/.bin first on PATH', async () => {
    writeFileSync(clone.path('bin/rescind.ts'), "console.log(process.env.PATH.split(':')[0]);");
    expect((await clone.run(['rescind'])).stdout).toBe(`${clone.path('node_modules/.bin')}\n`);
  });

  it('answers an unknown task with the list of tasks and exit 2', async () => {
    const { code, stderr } = await clone.run(['demmo']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^rescind: no task 'demmo': use one of demo, test, synth, rescind, bench\n$/);
  });
});

describe('two commands at once', { timeout: 30_000 }, () => {
  it('install once: the second waits for the first', async () => {
    const both = await Promise.all([clone.run(['rescind']), clone.run(['rescind']), clone.run(['rescind'])]);
    expect(both.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(clone.callsOf('npm', 'ci')).toBe(1);
  });

  it('take over the lock of a process that is gone', async () => {
    const gone = spawn(process.execPath, ['-e', '']);
    await once(gone, 'exit');
    mkdirSync(clone.path('.local/setup.lock'), { recursive: true });
    writeFileSync(clone.path('.local/setup.lock/pid'), String(gone.pid));
    expect(await clone.run(['rescind'])).toMatchObject({ code: 0 });
    expect(existsSync(clone.path('.local/setup.lock'))).toBe(false);
  });

  it('say whom they wait for while the other is alive', async () => {
    mkdirSync(clone.path('.local/setup.lock'), { recursive: true });
    writeFileSync(clone.path('.local/setup.lock/pid'), String(process.pid));
    const child = clone.start(['rescind']);
    const end = ended(child);
    const [said] = await once(child.stderr as NodeJS.ReadableStream, 'data');
    expect(String(said)).toBe(`rescind: waiting for another set-up (process ${process.pid})\n`);
    rmSync(clone.path('.local/setup.lock'), { recursive: true });
    expect((await end).code).toBe(0);
  });
});

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

describe('a signal', { timeout: 30_000 }, () => {
  it('goes on to the task, whose exit code is taken over', async () => {
    writeFileSync(
      clone.path('bin/rescind.ts'),
      "process.on('SIGTERM', () => process.exit(9)); console.log('up'); setInterval(() => {}, 1000);",
    );
    const child = clone.start(['rescind']);
    const end = ended(child);
    await once(child.stdout as NodeJS.ReadableStream, 'data');
    child.kill('SIGTERM');
    expect((await end).code).toBe(9);
  });

  it('during the set-up ends the installing tool with its children and releases the lock', async () => {
    clone.tool(
      'npm',
      `const { spawn } = require('node:child_process');
       const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
       fs.writeFileSync('pids', [process.pid, child.pid].join(' '));
       console.log('started'); setInterval(() => {}, 1000);`,
    );
    const child = clone.start(['rescind']);
    const end = ended(child);
    const log = clone.path('.local/setup.log');
    await expect.poll(() => existsSync(log) && readFileSync(log, 'utf8'), { timeout: 10_000 }).toMatch('started');
    child.kill('SIGINT');
    expect((await end).code).toBe(130);
    const pids = readFileSync(clone.path('pids'), 'utf8').split(' ').map(Number);
    await expect.poll(() => pids.filter(isRunning)).toEqual([]);
    expect(existsSync(clone.path('.local/setup.lock'))).toBe(false);
  });
});

/** A killed grandchild stays a zombie until its new parent reaps it: it runs no more. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
