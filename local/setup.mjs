// Every npm script starts here: it makes the fresh clone ready (packages, pinned Node, Python venv) and then runs the
// task under the pinned Node. It imports nothing before the version check, so that an old Node gets a sentence and
// not a stack trace.

const engine = { '.local/venv': 'local/requirements.txt' };

/** What each task runs (programs of node_modules/.bin; arguments go to the last one) and which venvs it needs. */
const tasks = {
  demo: { run: [['node', 'local/demo.ts']], venvs: engine, alone: true },
  test: {
    run: [
      ['tsc', '-p', '.'],
      ['biome', 'check', '.'],
      ['vitest', 'run'],
    ],
    venvs: { ...engine, '.local/venv-test': 'local/requirements-test.txt' },
    alone: true,
  },
  check: {
    run: [
      ['tsc', '-p', '.'],
      ['biome', 'check', '.'],
    ],
  },
  synth: { run: [['node', 'local/synth.ts']] },
  rescind: { run: [['node', 'bin/rescind.ts']] },
  bench: { run: [['node', 'local/bench.ts']], venvs: engine, alone: true },
};

if (Number(process.versions.node.split('.')[0]) < 20) {
  process.stderr.write(
    `rescind: Node ${process.versions.node} is too old: install Node 20 or later and run this again\n`,
  );
  process.exitCode = 3;
} else {
  import('./setup/main.mjs').then(({ main }) => main(tasks));
}
