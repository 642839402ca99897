import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import type { Socket } from 'node:net';
import { dirname, join, relative, resolve } from 'node:path';
import { diskFull, LocalError } from './local-error.ts';
import { stopWithUs } from './stop-with-us.ts';

export interface Engine {
  endpoint: string;
  port: number;
  /** MiniStack's. */
  version: string;
  /** Bypasses IAM: for the launcher, the deployment and the seeds only. */
  root: { accessKeyId: 'test'; secretAccessKey: 'test' };
  account: '000000000000';
  region: 'us-east-1';
  /** Ends the names of everything that is seeded on it; empty on an engine of our own. */
  suffix: string;
  stop(): Promise<void>;
}

export interface EngineOptions {
  /** Where its log and its working folder go. */
  dir: string;
  /** Any free one unless given. */
  port?: number;
  /** Called if it ends by itself after it has started. */
  onDeath?: (error: LocalError) => void;
}

const home = resolve(import.meta.dirname, '..');
const patienceMs = 30_000;

/** Its whole environment, for every variable of the server leaks into the Lambdas that it runs. */
function environment(tmp: string): Record<string, string> {
  return {
    // It runs the first `node` on PATH for every Lambda, whatever the runtime says.
    PATH: `${dirname(realpathSync(join(home, 'node_modules', '.bin', 'node')))}:/usr/bin:/bin`,
    HOME: tmp,
    TMPDIR: tmp,
    LANG: 'C.UTF-8',
    AUTH: 'true',
    BIND_HOST: '127.0.0.1',
    MINISTACK_HOST: '127.0.0.1',
    // Otherwise it listens on 0.0.0.0:8883, whatever BIND_HOST says.
    IOT_MTLS_ENABLED: '0',
  };
}

function makeWorkingFolder(dir: string): string {
  mkdirSync(dir, { recursive: true });
  const tmp = mkdtempSync(join(dir, 'engine-'));
  // Lambda workers are CommonJS without a package.json of their own: below our "type": "module" they die at once.
  writeFileSync(join(tmp, 'package.json'), '{"type":"commonjs"}\n');
  return tmp;
}

/** The one line that the shim writes to stdout, or '' if it died first. */
async function firstLine(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of child.stdout ?? []) {
    text += chunk;
    if (text.includes('\n')) break;
  }
  return text.split('\n', 1)[0] ?? '';
}

function whyItDied(log: string, when = 'on start', remedy = 'delete .local/venv and run this again'): LocalError {
  const lines = readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const last = lines.at(-1)?.trim() ?? 'it said nothing';
  if (/ENOSPC|No space left on device/i.test(lines.join('\n'))) {
    return diskFull();
  }
  return new LocalError(
    'ENGINE_DEAD',
    `the engine died ${when}: ${last.slice(0, 200)} (log: ${relative(home, log)}): ${remedy}`,
  );
}

function understand(line: string, options: EngineOptions, log: string): { port: number; version: string } {
  if (line === '') throw whyItDied(log);
  const said = JSON.parse(line) as { port: number; version: string } | { error: string };
  if (!('error' in said)) return said;
  if (said.error === 'EADDRINUSE' || said.error === 'EACCES') {
    throw new LocalError(
      'PORT_TAKEN',
      `port ${options.port} on 127.0.0.1 cannot be used (${said.error}): choose another, or none for any free one`,
    );
  }
  throw new LocalError('ENGINE_DEAD', `the engine cannot listen on 127.0.0.1: ${said.error}`);
}

async function waitUntilHealthy(endpoint: string): Promise<void> {
  try {
    // The port is bound before the engine is loaded, so that one request waits for its answer: no polling.
    const answer = await fetch(`${endpoint}/_ministack/health`, { signal: AbortSignal.timeout(patienceMs) });
    await answer.body?.cancel();
    if (answer.ok) return;
    throw new Error(`HTTP ${answer.status}`);
  } catch (error) {
    throw new LocalError('ENGINE_SILENT', `the engine does not answer on ${endpoint}: run this again`, {
      cause: error,
    });
  }
}

function killGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Starts an empty MiniStack that enforces IAM, on 127.0.0.1. It ends with `stop`, or with this process in any case. */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const python = join(home, '.local', 'venv', 'bin', 'python');
  if (!existsSync(python)) {
    throw new LocalError(
      'ENGINE_NOT_INSTALLED',
      `${relative(home, python)} is missing: start with npm run demo or npm test`,
    );
  }
  const tmp = makeWorkingFolder(options.dir);
  const log = join(options.dir, 'engine.log');
  const logFile = openSync(log, 'w');
  const child = spawn(python, [join(import.meta.dirname, 'shim.py'), String(options.port ?? 0)], {
    env: environment(tmp),
    cwd: tmp,
    // Its own process group, so that one kill reaches the Lambda workers too.
    detached: true,
    // stdin is the line that tells the shim whether we live.
    stdio: ['pipe', 'pipe', logFile],
  });
  closeSync(logFile);
  const gone = once(child, 'exit').then(() => killGroup(child)); // the workers of an engine that crashed
  // Without grace: there is nothing to save, and a SIGTERM may hang on an open custom resource.
  const kill = stopWithUs(() => {
    if (child.exitCode === null && child.signalCode === null) killGroup(child);
    rmSync(tmp, { recursive: true, force: true });
  });
  let isWanted = true;
  const stop = async () => {
    isWanted = false;
    child.ref();
    kill();
    await gone;
    rmSync(tmp, { recursive: true, force: true });
  };
  try {
    const { port, version } = understand(await firstLine(child), options, log);
    const endpoint = `http://127.0.0.1:${port}`;
    await waitUntilHealthy(endpoint);
    gone.then(() => {
      if (isWanted) options.onDeath?.(whyItDied(log, 'while it was used', 'run this again'));
    });
    child.unref();
    (child.stdin as Socket).unref();
    return {
      endpoint,
      port,
      version,
      root: { accessKeyId: 'test', secretAccessKey: 'test' },
      account: '000000000000',
      region: 'us-east-1',
      suffix: '',
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
