import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import type { Cloud } from '../cloud.ts';
import type { Credential } from '../personas/work.ts';

const home = resolve(import.meta.dirname, '..', '..');

/** Runs Rescind's CLI as the operator would, in a process of its own; without credentials it can only work offline. */
export async function rescind(
  args: string[],
  as?: { cloud: Cloud; operator: Credential },
  input = '',
): Promise<{ code: number; out: string; err: string }> {
  const aws = as && {
    AWS_ENDPOINT_URL: as.cloud.engine.endpoint,
    AWS_REGION: as.cloud.engine.region,
    AWS_ACCESS_KEY_ID: as.operator.accessKeyId,
    AWS_SECRET_ACCESS_KEY: as.operator.secretAccessKey,
    ...(as.operator.sessionToken && { AWS_SESSION_TOKEN: as.operator.sessionToken }),
  };
  const child = spawn(process.execPath, [join(home, 'bin', 'rescind.ts'), ...args], {
    cwd: home,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: '1', ...aws },
    stdio: 'pipe',
  });
  // A command that fails before it reads leaves it unread.
  child.stdin.on('error', () => undefined).end(input);
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => (out += chunk));
  child.stderr.on('data', (chunk) => (err += chunk));
  const [code] = await once(child, 'close');
  return { code: code ?? 1, out, err };
}
