import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, dirname, join, relative, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Engine } from './engine.ts';
import { diskFull, LocalError } from './local-error.ts';
import { stopWithUs } from './stop-with-us.ts';

/** Stack name → output name → value. */
export type Outputs = Record<string, Record<string, string>>;

export interface Deployment {
  /** The synthesised cloud assembly. */
  cdkOut: string;
  outputsFile: string;
}

const home = resolve(import.meta.dirname, '..');
const bin = join(home, 'node_modules', '.bin');

/** Nothing of the caller's AWS set-up, proxy or CDK configuration may reach this: `test` keys, 127.0.0.1, no telemetry. */
function environment(engine: Engine, workingFolder: string): Record<string, string> {
  return {
    PATH: [bin, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
    HOME: workingFolder,
    TMPDIR: workingFolder,
    AWS_ENDPOINT_URL: engine.endpoint,
    AWS_ACCESS_KEY_ID: engine.root.accessKeyId,
    AWS_SECRET_ACCESS_KEY: engine.root.secretAccessKey,
    AWS_REGION: engine.region,
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    CDK_DISABLE_VERSION_CHECK: 'true',
    CI: 'true',
  };
}

/** The first line that CDK marks as a failure says most; without one, its last line. */
function meaningfulLine(output: string): string {
  const lines = stripVTControlCharacters(output)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const line = lines.find((text) => /❌|_FAILED\b|Error\b.*: \S/.test(text)) ?? lines.at(-1);
  return (line ?? 'it said nothing').replace('❌', '').trim().slice(0, 300);
}

/** Runs the CDK CLI in an empty folder: below an app's cdk.json even `bootstrap` would synthesise first. */
async function cdk(engine: Engine, command: 'bootstrap' | 'deploy', args: string[]): Promise<void> {
  mkdirSync(join(home, '.local'), { recursive: true });
  const log = join(home, '.local', `${command}.log`);
  const workingFolder = mkdtempSync(join(home, '.local', 'cdk-'));
  const logFile = openSync(log, 'w');
  const child = spawn(join(bin, 'cdk'), [command, ...args, '--no-notices', '--no-color'], {
    cwd: workingFolder,
    env: environment(engine, workingFolder),
    stdio: ['ignore', logFile, logFile],
  });
  closeSync(logFile);
  const end = stopWithUs(() => {
    child.kill('SIGKILL');
    rmSync(workingFolder, { recursive: true, force: true });
  });
  const [code] = await once(child, 'close').finally(end);
  if (code === 0) return;
  const output = readFileSync(log, 'utf8');
  if (/ENOSPC|no space left/i.test(output)) {
    throw diskFull();
  }
  throw new LocalError('CDK_FAILED', `cdk ${command} failed: ${meaningfulLine(output)} (log: ${relative(home, log)})`);
}

/** The real `cdk bootstrap`. It needs no app, so it can run while the app is synthesised. */
export async function bootstrap(engine: Engine): Promise<void> {
  await cdk(engine, 'bootstrap', [`aws://${engine.account}/${engine.region}`]);
}

/** The real `cdk deploy` of an assembly that is there already: the templates that go to AWS, unchanged. */
export async function deploy(engine: Engine, { cdkOut, outputsFile }: Deployment): Promise<Outputs> {
  const outputs = resolve(outputsFile);
  // The CLI takes a folder that is not there for a shell command, and runs it.
  if (!existsSync(join(cdkOut, 'manifest.json'))) {
    throw new LocalError('CDK_FAILED', `${cdkOut} holds no cloud assembly: synthesise the app into it first`);
  }
  mkdirSync(dirname(outputs), { recursive: true });
  rmSync(outputs, { force: true });
  const quiet = ['--require-approval', 'never', '--progress', 'events'];
  await cdk(engine, 'deploy', ['--app', resolve(cdkOut), '--all', ...quiet, '--outputs-file', outputs]);
  return JSON.parse(readFileSync(outputs, 'utf8'));
}
