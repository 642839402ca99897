import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runLogged } from './child.mjs';
import { explain, Failure } from './failure.mjs';
import { platform, readOr, sha256 } from './packages.mjs';

const names = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];
const look =
  'import sys, importlib.util as u; print(*sys.version_info[:2], all(u.find_spec(m) for m in ("venv", "ensurepip")))';

const pythonOf = (root, venv) => join(root, venv, 'bin', 'python');
const stampPath = (root, venv) => join(root, venv, '.rescind-stamp');
// The folder is part of it: programs in a venv name it, so that a moved checkout needs a new one.
const stamp = (root, venv, requirements) =>
  `${sha256(readFileSync(join(root, requirements)))} ${platform} ${join(root, venv)}\n`;

// Neither the folder nor the stamp alone: a venv outlives the Python that it links to.
export const venvIsCurrent = (root, venv, requirements) =>
  existsSync(pythonOf(root, venv)) && readOr(stampPath(root, venv), '') === stamp(root, venv, requirements);

// These would send packages elsewhere, or other modules in.
const { PYTHONPATH, PYTHONHOME, PIP_USER, PIP_TARGET, PIP_PREFIX, PIP_REQUIREMENT, ...env } = process.env;

const noVenv = (python, version) =>
  new Failure(
    `${python} (Python ${version}) has no venv module: install it (Debian, Ubuntu: apt install python${version}-venv) and run this again`,
  );

/** The first Python from 3.10 on that can make a venv. */
async function findPython(root, log) {
  let incomplete;
  for (const name of names) {
    const found = await runLogged(name, ['-c', look], { cwd: root, env, log }).catch((error) => {
      if (error.code === 'ENOENT' || error.code === 'EACCES') return { code: 127, output: '' };
      throw error;
    });
    const [, major, minor, complete] = /^(\d+) (\d+) (True|False)$/m.exec(found.output) ?? [];
    if (found.code !== 0 || Number(major) !== 3 || Number(minor) < 10) continue;
    const python = { name, version: `${major}.${minor}` };
    if (complete === 'True') return python;
    incomplete ??= python;
  }
  if (incomplete) throw noVenv(incomplete.name, incomplete.version);
  throw new Failure('no Python 3.10 or later on PATH: install Python with its venv module and run this again');
}

/** Makes the venv from nothing with exactly the pinned packages; a failed one is not left behind. */
export async function installVenv(root, venv, requirements, log) {
  const folder = join(root, venv);
  const python = await findPython(root, log);
  try {
    rmSync(folder, { recursive: true, force: true });
    const made = await runLogged(python.name, ['-m', 'venv', folder], { cwd: root, env, log });
    if (made.code !== 0) {
      throw /ensurepip/.test(made.output)
        ? noVenv(python.name, python.version)
        : explain(`${python.name} -m venv`, made.code, made.output, log);
    }
    const pip = ['-m', 'pip', 'install', '--no-input', '--disable-pip-version-check', '--retries', '2', '--no-deps'];
    const pinned = ['--require-hashes', '-r', join(root, requirements)];
    const done = await runLogged(pythonOf(root, venv), [...pip, ...pinned], { cwd: root, env, log });
    if (done.code !== 0) throw explain('pip install', done.code, done.output, log);
    writeFileSync(stampPath(root, venv), stamp(root, venv, requirements));
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}
