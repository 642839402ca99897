import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTask } from './child.mjs';
import { explainOwn } from './failure.mjs';
import { withLock } from './lock.mjs';
import { installPackages, packagesAreCurrent } from './packages.mjs';
import { installVenv, venvIsCurrent } from './python.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');

// stdout belongs to the task: `npm run -s rescind … | jq` must see nothing else.
const say = (line) => process.stderr.write(`rescind: ${line}\n`);

async function prepare(venvs) {
  const missing = () => venvs.filter(([venv, requirements]) => !venvIsCurrent(root, venv, requirements));
  if (packagesAreCurrent(root) && missing().length === 0) return;
  mkdirSync(join(root, '.local'), { recursive: true });
  await withLock(join(root, '.local', 'setup.lock'), 'set-up', say, async () => {
    const log = join(root, '.local', 'setup.log');
    writeFileSync(log, '');
    if (!packagesAreCurrent(root)) {
      say('installing packages and the pinned Node (npm ci; log in .local/setup.log)');
      await installPackages(root, log);
    }
    for (const [venv, requirements] of missing()) {
      say(`installing ${requirements} into ${venv} (pip; log in .local/setup.log)`);
      await installVenv(root, venv, requirements, log);
    }
  });
}

async function runAll({ run, env = {} }, args) {
  const bin = join(root, 'node_modules', '.bin');
  const options = { cwd: root, env: { ...process.env, ...env, PATH: [bin, process.env.PATH ?? ''].join(delimiter) } };
  for (const [index, [program, ...rest]] of run.entries()) {
    const code = await runTask(join(bin, program), index === run.length - 1 ? [...rest, ...args] : rest, options);
    if (code !== 0) return code;
  }
  return 0;
}

/** Makes everything ready that the task needs, then runs it and takes over its exit code. */
export async function main(tasks) {
  const [name = '', ...args] = process.argv.slice(2);
  if (!Object.hasOwn(tasks, name)) {
    say(`no task '${name}': use one of ${Object.keys(tasks).join(', ')}`);
    process.exitCode = 2;
    return;
  }
  const task = tasks[name];
  try {
    await prepare(Object.entries(task.venvs ?? {}));
    const run = async () => runAll(task, args);
    // Two at once would write the same files. One that is given an engine must not wait for the one that keeps it up.
    const lock = `${name}${process.env.RESCIND_ENDPOINT ? '-given' : ''}.lock`;
    process.exitCode = await (task.alone ? withLock(join(root, '.local', lock), name, say, run) : run());
  } catch (error) {
    say(explainOwn(error).message);
    process.exitCode = 3;
  }
}
