import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ended, type FreshClone, freshClone } from './fresh-clone.ts';

let clone: FreshClone;
beforeEach(() => {
  clone = freshClone();
});
afterEach(() => clone.remove());

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
    expect(stderr).toMatch(/^rescind: no task 'demmo': use one of demo, test, check, synth, rescind, bench\n$/);
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

describe('a demo that is given an engine', { timeout: 30_000 }, () => {
  it('does not wait for the one that keeps the engine up', async () => {
    mkdirSync(clone.path('local'), { recursive: true });
    writeFileSync(clone.path('local/demo.ts'), "console.log('played');");
    mkdirSync(clone.path('.local/demo.lock'), { recursive: true });
    writeFileSync(clone.path('.local/demo.lock/pid'), String(process.pid));
    const given = await clone.run(['demo'], { RESCIND_ENDPOINT: 'http://127.0.0.1:4566' });
    expect(given).toMatchObject({ code: 0, stdout: 'played\n' });
    rmSync(clone.path('.local/demo.lock'), { recursive: true });
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
