import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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

describe('the check by hand in docs/evidence.md', () => {
  let folder: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rescind-by-hand-'));
    await writePack(genuinePack(), join(folder, 'pack'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const lacking = ['openssl', 'sha256sum', 'bash'].find((tool) => spawnSync(tool, ['--version']).error);
  const byHand = (pem: string) => {
    writeFileSync(join(folder, 'key.pem'), pem);
    const script = text.match(/```sh\n([\s\S]*?)```/)?.[1] as string;
    const env = { ...process.env, KEY: join(folder, 'key.pem'), TMPDIR: folder };
    return spawnSync('bash', ['-euo', 'pipefail', '-c', script], { cwd: join(folder, 'pack'), env, encoding: 'utf8' });
  };

  it('holds for a genuine pack, with openssl and sha256sum alone', ({ skip }) => {
    if (lacking) skip(`${lacking} is not installed`);
    expect(byHand(recordKey.pem)).toMatchObject({ status: 0, stdout: 'Verified OK\n'.repeat(9), stderr: '' });
  });

  it('fails for another key', ({ skip }) => {
    if (lacking) skip(`${lacking} is not installed`);
    expect(byHand(newKey().pem).status).not.toBe(0);
  });

  it('fails for a changed record', ({ skip }) => {
    if (lacking) skip(`${lacking} is not installed`);
    const path = join(folder, 'pack/records/0003-triage.dsse.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace(/"payload":"(.)/, '"payload":"f'));
    expect(byHand(recordKey.pem).status).not.toBe(0);
  });
});
