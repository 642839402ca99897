import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runLogged } from './child.mjs';
import { explain, Failure } from './failure.mjs';

export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

export const platform = `${process.platform}-${process.arch}`;

export function readOr(path, otherwise) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return otherwise;
  }
}

const pinnedNode = (root) => join(root, 'node_modules', '.bin', 'node');
const stampPath = (root) => join(root, 'node_modules', '.rescind-stamp');
const stamp = (root) => `${sha256(readFileSync(join(root, 'package-lock.json')))} ${platform}\n`;

export const packagesAreCurrent = (root) => existsSync(pinnedNode(root)) && readOr(stampPath(root), '') === stamp(root);

/** npm runs under the Node that the person has: `npm ci` deletes the pinned one while it works. */
const withoutPinnedNode = (path) =>
  path
    .split(delimiter)
    .filter((folder) => !folder.replaceAll('\\', '/').endsWith('node_modules/.bin'))
    .join(delimiter);

// An inherited omit=dev or loglevel=silent (`npm run -s`) must not change what is installed or what the log tells.
const npmArguments = ['ci', '--include=dev', '--loglevel=notice', '--no-audit', '--no-fund', '--no-progress'];
const patience = ['--fetch-retries=2', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=5000'];

/** `npm ci`, and proof that the pinned Node is there and is the pinned one. */
export async function installPackages(root, log) {
  rmSync(stampPath(root), { force: true });
  const env = { ...process.env, PATH: withoutPinnedNode(process.env.PATH ?? '') };
  const { code, output } = await runLogged('npm', [...npmArguments, ...patience], { cwd: root, env, log }).catch(
    (error) => {
      if (error.code === 'ENOENT') throw new Failure('npm is not on PATH: install Node 20 or later with npm');
      throw error;
    },
  );
  if (code !== 0) throw explain('npm ci', code, output, log);
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages['node_modules/node']
    .version;
  // npm 12 and ignore-scripts answer success although the `node` package could not fetch its binary.
  if (!existsSync(pinnedNode(root))) {
    throw new Failure(
      `npm left out the pinned Node ${wanted} (install scripts are blocked): run 'npm config set ignore-scripts false', see allowScripts in package.json, and run this again`,
    );
  }
  const found = await runLogged(pinnedNode(root), ['--version'], { cwd: root, env, log });
  if (found.output.trim() !== `v${wanted}`) {
    throw new Failure(
      `node_modules/.bin/node is ${found.output.trim()} and not v${wanted}: delete node_modules and run this again`,
    );
  }
  writeFileSync(stampPath(root), stamp(root));
}
