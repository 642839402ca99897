import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { lockOf, parseSettings, type Settings } from '#core/settings';
import { complete } from './complete.ts';
import { bootstrap, deploy } from './deploy.ts';
import { type Engine, startEngine } from './engine.ts';
import { givenEngine } from './given-engine.ts';
import { LocalError } from './local-error.ts';
import { stopWithUs } from './stop-with-us.ts';

/** The outputs of the stack that code here reads. */
export type StackOutputs = Record<
  | 'RegisterTable'
  | 'EvidenceBucket'
  | 'DataKey'
  | 'SignerKey'
  | 'CaseMachine'
  | 'IntakeQueue'
  | 'ControlQueue'
  | 'ReceivedQueue'
  | 'ReceiverUrl'
  | 'RollbackMachine'
  | 'OperatorRole'
  | 'DeadLetterQueue'
  | 'UndeliveredQueue'
  | 'UnaccountedQueue'
  | 'RotationFunction'
  | 'Topic'
  | 'SimulationBus'
  | 'SimulationPublisher',
  string
>;

/** An engine with the app deployed to it, as it goes to AWS. */
export interface Cloud {
  engine: Engine;
  settings: Settings;
  outputs: StackOutputs;
  stop(): Promise<void>;
}

export interface CloudOptions {
  /** Where the engine's and the deployment's files go. */
  dir: string;
  /** Overrides of the defaults, as a RESCIND_SETTINGS file would hold; by the engine where they name what lies on it. */
  settings: object | ((engine: Engine) => object | Promise<object>);
  port?: number;
  /** Of an engine that runs already and that goes on running; see `givenEndpoint`. */
  endpoint?: string | undefined;
  onProgress?: (what: string) => void;
  /** The engine ended by itself after it had started; whatever is asked of it from then on fails. */
  onEngineDeath?: (error: LocalError) => void;
}

const home = resolve(import.meta.dirname, '..');

/** Starts the engine, synthesises and bootstraps beside each other, deploys, and completes what the engine leaves out. */
export async function startCloud({
  dir,
  settings: given,
  port,
  endpoint,
  onProgress,
  onEngineDeath,
}: CloudOptions): Promise<Cloud> {
  mkdirSync(dir, { recursive: true });
  const say = onProgress ?? (() => undefined);
  say(endpoint ? `using the engine on ${endpoint}` : 'starting the engine');
  const engine = endpoint
    ? await givenEngine(endpoint)
    : await startEngine({ dir, ...(port !== undefined && { port }), ...(onEngineDeath && { onDeath: onEngineDeath }) });
  try {
    const overrides: object = typeof given === 'function' ? await given(engine) : given;
    const settings = parseSettings(overrides);
    say('cdk bootstrap, and synthesising the app');
    const cdkOut = join(dir, 'cdk.out');
    await Promise.all([bootstrap(engine), synthesise(cdkOut, overrides, dir)]);
    say('cdk deploy');
    const all = await deploy(engine, { cdkOut, outputsFile: join(dir, 'outputs.json') });
    const outputs = all.Rescind as StackOutputs;
    await complete(engine, {
      buckets: [{ name: outputs.EvidenceBucket, ...lockOf(settings) }],
      queues: (
        [
          'ControlQueue',
          'IntakeQueue',
          'ReceivedQueue',
          'DeadLetterQueue',
          'UndeliveredQueue',
          'UnaccountedQueue',
        ] as const
      ).map((name) => outputs[name]),
      operator: outputs.OperatorRole,
    });
    return { engine, settings, outputs, stop: engine.stop };
  } catch (error) {
    await engine.stop();
    throw error;
  }
}

/** The app that goes to AWS, by its own entry, with settings as anybody would give them. */
async function synthesise(cdkOut: string, settings: object, dir: string): Promise<void> {
  rmSync(cdkOut, { recursive: true, force: true });
  const file = join(dir, 'settings.json');
  writeFileSync(file, JSON.stringify(settings, null, 2));
  const child = spawn(process.execPath, [join(home, 'bin', 'app.ts')], {
    cwd: home,
    env: { PATH: process.env.PATH, HOME: dir, CDK_OUTDIR: cdkOut, RESCIND_SETTINGS: file },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const end = stopWithUs(() => child.kill('SIGKILL'));
  let said = '';
  child.stderr.on('data', (chunk) => (said += chunk));
  const [code] = await once(child, 'close');
  end();
  if (code === 0) return;
  writeFileSync(join(dir, 'synth.log'), said);
  const line = said.split('\n').find((text) => /Error|:/.test(text)) ?? 'it said nothing';
  throw new LocalError(
    'CDK_FAILED',
    `synth failed: ${line.slice(0, 300)} (log: ${relative(home, join(dir, 'synth.log'))})`,
  );
}
