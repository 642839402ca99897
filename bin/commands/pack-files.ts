import { type Dirent, promises as fs } from 'node:fs';
import { dirname, join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { type Failure, Refusal, refuse } from '#verifier/failure';
import { packLimits } from '#verifier/format';
import { isPackPath } from '#verifier/manifest';

export type ReadPack = { ok: true; files: ReadonlyMap<string, Uint8Array> } | { ok: false; failure: Failure };

/** Reads a pack from a folder or a zip. What is wrong with the pack is a value; what the system refuses is thrown. */
export async function readPack(path: string): Promise<ReadPack> {
  try {
    const isFolder = (await fs.stat(path)).isDirectory();
    return { ok: true, files: isFolder ? await readFolder(path) : await readZip(path) };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, failure: error.failure };
    throw error;
  }
}

/** Adds up what a stranger's pack would cost before any of it is read. */
function budget() {
  let files = 0;
  let total = 0;
  return (path: string, size: number) => {
    files += 1;
    total += size;
    if (files > packLimits.files) refuse('size', path, `the pack has more than ${packLimits.files} files`);
    if (size > packLimits.fileBytes) refuse('size', path, `is larger than ${packLimits.fileBytes} bytes`);
    if (total > packLimits.totalBytes) refuse('size', path, `the pack is larger than ${packLimits.totalBytes} bytes`);
  };
}

async function readFolder(folder: string): Promise<Map<string, Uint8Array>> {
  const spend = budget();
  const files = new Map<string, Uint8Array>();
  const take = async (entry: Dirent, path: string) => {
    // A link could show one file to us and another to the next reader, or lead out of the pack.
    if (!entry.isFile() || !isPackPath(path))
      refuse('path', path, 'is no file of a pack (links are refused): take it out');
    spend(path, (await fs.stat(join(folder, path))).size);
    files.set(path, await fs.readFile(join(folder, path)));
  };
  for (const entry of await fs.readdir(folder, { withFileTypes: true })) {
    const isRoom = entry.isDirectory() && (entry.name === 'records' || entry.name === 'raw');
    if (!isRoom) await take(entry, entry.name);
    else
      for (const inner of await fs.readdir(join(folder, entry.name), { withFileTypes: true }))
        await take(inner, `${entry.name}/${inner.name}`);
  }
  return files;
}

async function readZip(path: string): Promise<Map<string, Uint8Array>> {
  if ((await fs.stat(path)).size > packLimits.totalBytes)
    refuse('size', path, `is larger than ${packLimits.totalBytes} bytes`);
  const bytes = await fs.readFile(path);
  const spend = budget();
  const seen = new Set<string>();
  try {
    const files = unzipSync(bytes, {
      filter({ name, size, originalSize }) {
        // fflate inflates into a buffer of this declared size and keeps the last of two entries with one name.
        spend(name, Math.max(size, originalSize));
        if (seen.has(name)) refuse('zip', name, 'is in the archive twice');
        seen.add(name);
        const isRoom = (name === 'records/' || name === 'raw/') && originalSize === 0;
        if (!isRoom && !isPackPath(name)) refuse('path', name, 'is no path of a pack: take the file out');
        return !isRoom;
      },
    });
    return new Map(Object.entries(files));
  } catch (error) {
    if (error instanceof Refusal) throw error;
    return refuse('zip', path, 'is neither a folder nor a sound zip archive');
  }
}

/** DOS time has no zone, so a local one gives the same bytes everywhere. */
const zipTime = () => new Date(1980, 0, 1, 12);

/** Writes a new folder, or a new zip if the name ends in `.zip`; the same pack gives the same zip. Overwrites nothing. */
export async function writePack(files: ReadonlyMap<string, Uint8Array>, out: string): Promise<void> {
  const sorted = [...files].toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (out.endsWith('.zip')) {
    await fs.mkdir(dirname(out), { recursive: true });
    await fs.writeFile(out, zipSync(Object.fromEntries(sorted), { mtime: zipTime(), level: 9 }), { flag: 'wx' });
    return;
  }
  for (const [path, bytes] of sorted) {
    await fs.mkdir(dirname(join(out, path)), { recursive: true });
    await fs.writeFile(join(out, path), bytes, { flag: 'wx' });
  }
}
