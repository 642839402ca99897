import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';

/**
 * `npm run -s synth`: the cloud assembly of the app, in `cdk.out/`. The app is run as the CDK CLI would run it, without
 * the CLI, whose start takes longer than the synthesis; what the CLI would say about the stack is said here.
 */
const home = resolve(import.meta.dirname, '..');
const outdir = resolve(process.env.CDK_OUTDIR ?? join(home, 'cdk.out'));

const { status } = spawnSync(process.execPath, [join(home, 'bin', 'app.ts')], {
  cwd: home,
  env: { ...process.env, CDK_OUTDIR: outdir },
  stdio: 'inherit',
});
if (status === 0) {
  for (const { messages } of new CloudAssembly(outdir).stacks)
    for (const { level, entry } of messages) process.stderr.write(`${level}: ${sentence(String(entry.data))}\n`);
} else process.exitCode = status ?? 1;

/** The text without the id by which CDK lets one acknowledge it. */
function sentence(text: string): string {
  return text.replace(/ \[ack: [^\]]+\]$/, '');
}
