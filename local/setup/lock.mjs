import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from './failure.mjs';

const patienceMs = 15 * 60_000;

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function holderOf(folder) {
  try {
    return Number(readFileSync(join(folder, 'pid'), 'utf8'));
  } catch {
    return undefined;
  }
}

/** Renaming is atomic and fails on a folder that is not empty, so a lock never exists without its holder's pid. */
function tryToTake(lock) {
  const own = `${lock}.${process.pid}`;
  rmSync(own, { recursive: true, force: true });
  mkdirSync(own);
  writeFileSync(join(own, 'pid'), String(process.pid));
  try {
    renameSync(own, lock);
    return true;
  } catch (error) {
    rmSync(own, { recursive: true, force: true });
    if (['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(error.code)) return false;
    throw error;
  }
}

/** In one step: emptied in place, the folder could be taken by somebody while it is being removed. */
function setAside(lock) {
  const aside = `${lock}.released.${process.pid}`;
  try {
    renameSync(lock, aside);
    rmSync(aside, { recursive: true, force: true });
  } catch (error) {
    // Somebody has it in hand to see whether it is stale: it will be, as soon as we are gone.
    if (error.code !== 'ENOENT') throw error;
  }
}

/** Between our look and this rename another process may have taken over: what is not the dead one's goes back. */
function removeStale(lock, dead) {
  const aside = `${lock}.stale.${process.pid}`;
  try {
    renameSync(lock, aside);
    if (holderOf(aside) === dead) rmSync(aside, { recursive: true, force: true });
    else renameSync(aside, lock);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

/** Holds the lock while `work` runs. A lock whose holder is dead is taken over; a live one is waited for. */
export async function withLock(lock, what, say, work) {
  const until = Date.now() + patienceMs;
  let told = false;
  while (!tryToTake(lock)) {
    const holder = holderOf(lock);
    if (holder !== undefined && !isAlive(holder)) {
      removeStale(lock, holder);
      continue;
    }
    if (Date.now() > until) {
      throw new Failure(
        `another ${what} (process ${holder}) does not end: end it or delete ${lock}, and run this again`,
      );
    }
    const hint = what === 'demo' ? '; beside one of --keep, RESCIND_ENDPOINT names its engine' : '';
    if (!told) say(`waiting for another ${what} (process ${holder})${hint}`);
    told = true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const release = () => setAside(lock);
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}
