import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPack, writePack } from '../../../bin/commands/pack-files.ts';
import { bytesOf, packOf, signedCase } from '../../verifier/signed-pack.ts';

const pack = packOf(signedCase());
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rescind-pack-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const sorted = (files: ReadonlyMap<string, Uint8Array>) =>
  [...files].map(([path, bytes]) => [path, Buffer.from(bytes).toString('hex')]).toSorted();

/** Writes a zip whose bytes were tampered with, and says how it is read. */
async function reading(bytes: Uint8Array) {
  writeFileSync(join(folder, 'x.zip'), bytes);
  const read = await readPack(join(folder, 'x.zip'));
  return read.ok ? 'read' : read.failure.class;
}
const zipped = (files: Record<string, Uint8Array>) => Buffer.from(zipSync(files));
/** Replaces text in the archive's headers; both texts have the same length. */
const renamed = (zip: Buffer, from: string, to: string) =>
  Buffer.from(zip.toString('latin1').replaceAll(from, to), 'latin1');

describe('a pack', () => {
  it.each(['case', 'case.zip'])('is read as it was written, as %s', async (name) => {
    await writePack(pack, join(folder, 'out', name));
    const read = await readPack(join(folder, 'out', name));
    expect(read.ok && sorted(read.files)).toEqual(sorted(pack));
  });

  it('gives the same zip whatever the order of its files and the time zone', async () => {
    await writePack(pack, join(folder, 'a.zip'));
    const zone = process.env.TZ;
    process.env.TZ = 'Pacific/Auckland';
    await writePack(new Map([...pack].toReversed()), join(folder, 'b.zip'));
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
    expect(readFileSync(join(folder, 'a.zip')).equals(readFileSync(join(folder, 'b.zip')))).toBe(true);
  });

  it.each(['case', 'case.zip'])('is not written over another, as %s', async (name) => {
    await writePack(pack, join(folder, name));
    await expect(writePack(pack, join(folder, name))).rejects.toMatchObject({ code: 'EEXIST' });
  });

  it('may be zipped with entries for its folders', async () => {
    expect(await reading(zipped({ 'raw/': new Uint8Array(), 'report.html': bytesOf('x') }))).toBe('read');
  });
});

describe('a hostile zip', () => {
  it('is refused when it holds a name twice, for readers would differ', async () => {
    const two = zipped({ 'report.html': bytesOf('good'), 'report.htmX': bytesOf('evil') });
    expect(await reading(renamed(two, 'report.htmX', 'report.html'))).toBe('zip');
  });

  it.each([
    '../report.html',
    '/report.html',
    'raw\\x',
    '__proto__',
    'constructor',
    'raw/../report.html',
    'records/'.repeat(9),
  ])('is refused when it holds the name %s', async (name) => {
    const placeholder = 'x'.repeat(name.length);
    expect(await reading(renamed(zipped({ [placeholder]: bytesOf('x') }), placeholder, name))).toBe('path');
  });

  it('is refused for the size it declares, before anything is inflated', async () => {
    const zip = zipped({ 'report.html': bytesOf('x') });
    const central = zip.indexOf(Buffer.from('PK\u0001\u0002', 'latin1'));
    zip.writeUInt32LE(0x7fff_ffff, central + 24);
    expect(await reading(zip)).toBe('size');
  });

  it('is refused for many files that are large together', async () => {
    const names = Array.from({ length: 5 }, (_, at) => `raw/${String(at).repeat(64)}`);
    const zip = zipped(Object.fromEntries(names.map((name) => [name, bytesOf('x')])));
    for (let at = zip.indexOf('PK\u0001\u0002'); at >= 0; at = zip.indexOf('PK\u0001\u0002', at + 1))
      zip.writeUInt32LE(60 * 2 ** 20, at + 24);
    expect(await reading(zip)).toBe('size');
  });

  it.each([
    ['cut short', zipped({ 'report.html': bytesOf('x'.repeat(999)) }).subarray(0, 60)],
    ['empty', Buffer.alloc(0)],
    ['no zip', Buffer.from('<html>'.repeat(99))],
  ])('is refused when it is %s', async (_what, bytes) => {
    expect(await reading(bytes)).toBe('zip');
  });
});

describe('a hostile folder', () => {
  const reading = async () => {
    const read = await readPack(folder);
    return read.ok ? 'read' : `${read.failure.class} ${read.failure.where}`;
  };

  it('is refused when a file of it is a link', async () => {
    symlinkSync('/etc/hostname', join(folder, 'report.html'));
    expect(await reading()).toBe('path report.html');
  });

  it('is refused when a room of it is a link', async () => {
    symlinkSync('/etc', join(folder, 'raw'));
    expect(await reading()).toBe('path raw');
  });

  it('is refused for a file larger than a pack may hold, before it is read', async () => {
    writeFileSync(join(folder, 'report.html'), '');
    truncateSync(join(folder, 'report.html'), 64 * 2 ** 20 + 1);
    expect(await reading()).toBe('size report.html');
  });

  it('is refused when it holds another folder', async () => {
    mkdirSync(join(folder, 'raw', 'deep'), { recursive: true });
    expect(await reading()).toBe('path raw/deep');
  });

  it('is refused when it holds a file that no pack has', async () => {
    writeFileSync(join(folder, 'notes.txt'), 'x');
    expect(await reading()).toBe('path notes.txt');
  });
});
