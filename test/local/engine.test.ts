import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { startEngine } from '../../local/engine.ts';
import { processesBelow } from './processes-below.ts';

const home = resolve(import.meta.dirname, '..', '..');
mkdirSync(join(home, '.local'), { recursive: true });
const dir = mkdtempSync(join(home, '.local', 'test-engine-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const answers = async (endpoint: string) =>
  fetch(`${endpoint}/_ministack/health`).then(
    ({ ok }) => ok,
    () => false,
  );
const workingFolders = (of: string) => readdirSync(of).filter((name) => name.startsWith('engine-'));

describe('the engine', { timeout: 30_000 }, () => {
  it('says where it listens and which version it is', async () => {
    const engine = await startEngine({ dir });
    const pinned = { version: '1.5.33', account: '000000000000', region: 'us-east-1' };
    expect(engine).toMatchObject({ ...pinned, endpoint: `http://127.0.0.1:${engine.port}` });
    expect(await answers(engine.endpoint)).toBe(true);
    await engine.stop();
  });

  it('runs beside another one', async () => {
    const [one, other] = await Promise.all([
      startEngine({ dir: join(dir, 'a') }),
      startEngine({ dir: join(dir, 'b') }),
    ]);
    expect(one.port).not.toBe(other.port);
    await Promise.all([one.stop(), other.stop()]);
  });

  it('leaves no process and no working folder behind when it is stopped, once or twice', async () => {
    const engine = await startEngine({ dir });
    expect(processesBelow(dir)).not.toEqual([]);
    await engine.stop();
    await engine.stop();
    expect(await answers(engine.endpoint)).toBe(false);
    expect(processesBelow(dir)).toEqual([]);
    expect(workingFolders(dir)).toEqual([]);
  });

  it('refuses a port that is taken, by name, and leaves the holder alone', async () => {
    const holder = await startEngine({ dir: join(dir, 'holder') });
    await expect(startEngine({ dir, port: holder.port })).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      message: `port ${holder.port} on 127.0.0.1 cannot be used (EADDRINUSE): choose another, or none for any free one`,
    });
    expect(await answers(holder.endpoint)).toBe(true);
    await holder.stop();
  });

  it('quotes the last line of its log when it dies on start, and leaves nothing running', async () => {
    await expect(startEngine({ dir, port: 70_000 })).rejects.toMatchObject({
      code: 'ENGINE_DEAD',
      message: expect.stringMatching(
        /^the engine died on start: OverflowError: .*engine\.log\): delete \.local\/venv .*$/,
      ),
    });
    expect(processesBelow(dir)).toEqual([]);
  });

  it('says how to install it where it is missing', async () => {
    const elsewhere = mkdtempSync(join(dir, 'elsewhere-'));
    cpSync(join(home, 'local'), join(elsewhere, 'local'), { recursive: true });
    const script = `import { startEngine } from '${elsewhere}/local/engine.ts'; await startEngine({ dir: '${dir}' }).catch((error) => console.log(error.code));`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
    const [said] = await once(child.stdout, 'data');
    expect(String(said)).toBe('ENGINE_NOT_INSTALLED\n');
  });
});

describe('the engine ends with the process that started it', { timeout: 30_000 }, () => {
  let parent: ChildProcess;
  let endpoint: string;
  const start = async (afterwards: string) => {
    const script = `
      import { startEngine } from '${home}/local/engine.ts';
      const engine = await startEngine({ dir: '${dir}' });
      console.log(engine.endpoint);
      ${afterwards}`;
    parent = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'ignore'] });
    const [said] = await once(parent.stdout as NodeJS.ReadableStream, 'data');
    endpoint = String(said).trim();
  };
  const stayAlive = 'setInterval(() => {}, 1000);';
  const everythingIsGone = async () => {
    await expect.poll(() => processesBelow(dir), { timeout: 5_000 }).toEqual([]);
    expect(await answers(endpoint)).toBe(false);
    await expect.poll(() => workingFolders(dir), { timeout: 5_000 }).toEqual([]);
  };

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('on %s, and the process exits with %i', async (signal, code) => {
    await start(stayAlive);
    expect(await answers(endpoint)).toBe(true);
    parent.kill(signal);
    expect(await once(parent, 'exit')).toEqual([code, null]);
    await everythingIsGone();
  });

  it('on kill -9, which no handler sees', async () => {
    await start(stayAlive);
    expect(await answers(endpoint)).toBe(true);
    parent.kill('SIGKILL');
    await everythingIsGone();
  });

  it('on an exception that nobody caught', async () => {
    await start("setImmediate(() => { throw new Error('crash'); });");
    expect(await once(parent, 'exit')).toEqual([1, null]);
    await everythingIsGone();
  });

  it('on an end without stop, which it does not hold up', async () => {
    await start('');
    expect(await once(parent, 'exit')).toEqual([0, null]);
    await everythingIsGone();
  });
});
