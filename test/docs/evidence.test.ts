import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { byHand } from '#core/report/verify-offline';
import { failureClasses } from '#verifier/failure';
import { writePack } from '../../bin/commands/pack-files.ts';
import { attacks, genuinePack, recordKey } from '../verifier/attacks.ts';
import { newKey } from '../verifier/signed-pack.ts';

const text = readFileSync(new URL('../../docs/evidence.md', import.meta.url), 'utf8');

describe('docs/evidence.md', () => {
  it('lists every attack with the class that answers it', () => {
    const lines = attacks.map(([sentence, answer]) => `| ${sentence} | \`${answer}\` |`);
    expect(lines.filter((line) => !text.includes(line))).toEqual([]);
  });

  it('lists the classes in the order of the checks', () => {
    const lines = Object.entries(failureClasses).map(([name, meaning]) => `| \`${name}\` | ${meaning} |`);
    expect(text).toContain(lines.join('\n'));
  });
});

const scripts = {
  'docs/evidence.md': text.match(/```sh\n([\s\S]*?)```/)?.[1] as string,
  'the report': byHand,
};

describe.each(Object.entries(scripts))('the check by hand in %s', (place, script) => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rescind-by-hand-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const lacking = ['openssl', 'sha256sum', 'bash'].find((tool) => spawnSync(tool, ['--version']).error);
  const run = async (files: Map<string, Uint8Array>, pem = recordKey.pem) => {
    await writePack(files, join(folder, 'pack'));
    writeFileSync(join(folder, 'key.pem'), pem);
    const env = { ...process.env, KEY: join(folder, 'key.pem'), TMPDIR: folder };
    return spawnSync('bash', ['--norc', '-c', script], { cwd: join(folder, 'pack'), env, encoding: 'utf8' });
  };
  const attacked = (name: string) => {
    const made = attacks.find(([sentence]) => sentence === name)?.[2]();
    if (!made) throw new Error(`there is no attack "${name}"`);
    return made instanceof Map ? made : made.files;
  };
  const held = { status: 0, stdout: `${'Verified OK\n'.repeat(9)}all held\n`, stderr: '' };

  it('holds for a genuine pack, with openssl and sha256sum alone', async ({ skip }) => {
    if (lacking) skip(`${lacking} is not installed`);
    expect(await run(genuinePack())).toMatchObject(held);
  });

  it('fails for another key', async ({ skip }) => {
    if (lacking) skip(`${lacking} is not installed`);
    const { status, stdout } = await run(genuinePack(), newKey().pem);
    expect([status === 0, stdout]).toEqual([false, '']);
  });

  const whole = [
    'a byte of a raw finding is changed',
    'a raw finding is changed and the manifest rewritten',
    'a raw finding is left out and the manifest rewritten',
    'a raw finding that no record names is added',
    'a statement is changed and the manifest rewritten',
    'a signature is changed and the manifest rewritten',
    'a record in the middle is dropped and the manifest rewritten',
    'a record in the middle is dropped and the later files renumbered',
    'the first record is dropped and the manifest rewritten',
    'all is signed again with another key under the name of the trusted one',
  ];
  const inDocs = [
    'a byte of a record is changed',
    'the closing record is dropped and the manifest rewritten',
    'the closing record leaves one out',
    'the closing record lists another digest',
  ];
  it.each(place === 'the report' ? whole : [...whole, ...inDocs])('refuses a pack in which %s', async (name) => {
    const { status, stdout } = lacking ? { status: 1, stdout: '' } : await run(attacked(name));
    expect([status === 0, stdout.includes('all held')]).toEqual([false, false]);
  });

  it('does not look at report.html, and the page says so', async ({ skip }) => {
    if (lacking) skip(`${lacking} is not installed`);
    expect(await run(attacked('the report is changed and the manifest rewritten'))).toMatchObject(held);
    expect(text).toMatch(/`report\.html` is not\s+checked by hand/);
  });
});
