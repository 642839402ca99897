import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderReport, reportVersion } from '#core/report';
import { byHand } from '#core/report/verify-offline';
import { recordKey } from '#core/run/record';
import { exportCommand } from '../../../bin/commands/evidence-export.ts';
import { policyCommand } from '../../../bin/commands/evidence-policy.ts';
import { verifyCommand } from '../../../bin/commands/evidence-verify.ts';
import { closedCase, parkedCase } from '../../core/report/sample-cases.ts';
import { caseId } from '../../core/report/sample-identity.ts';
import { printed, storedCase } from '../stored-case.ts';

let folder = '';
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rescind-export-'));
});
afterAll(() => rm(folder, { recursive: true }));
const fresh = (end = '') => join(folder, `pack-${++count}${end}`);

type Deployed = Awaited<ReturnType<typeof storedCase>>;
async function run(deployed: Deployed, out: string) {
  const words = printed();
  return { exit: await exportCommand({ caseId, out }, deployed, words.io), ...words };
}
async function verify(deployed: Deployed, path: string, open = false) {
  const policy = fresh('.json');
  await policyCommand({ out: policy }, deployed, printed().io);
  const words = printed();
  const report = { version: reportVersion, render: renderReport };
  return { exit: await verifyCommand({ path, policy, json: false, open, report }, words.io), ...words };
}

describe('rescind evidence export', () => {
  it.each(['', '.zip'])('writes a pack that the offline verifier accepts, report and all (folder%s)', async (end) => {
    const deployed = await storedCase();
    const path = fresh(end);
    const { exit, out, err } = await run(deployed, path);
    expect([exit, out]).toEqual([0, [path]]);
    expect(err.at(-1)).toBe(`  rescind evidence verify ${path} --policy FILE`);
    const verified = await verify(deployed, path);
    expect(verified.out.at(-1)).toBe(`VERIFIED  case ${caseId}, 8 records, closed`);
  });

  it('says of a case that is not closed that it needs --open', async () => {
    const deployed = await storedCase(parkedCase());
    const path = fresh();
    expect((await run(deployed, path)).err.join('\n')).toMatch(/the case is not closed.*--policy FILE --open$/s);
    expect((await verify(deployed, path)).exit).toBe(1);
    expect((await verify(deployed, path, true)).exit).toBe(0);
  });

  it('names the record whose bytes are not those of the register, and writes nothing', async () => {
    const deployed = await storedCase();
    deployed.evidence.objects.set(recordKey(caseId, 3), Buffer.from('{}'));
    const path = fresh();
    const { exit, err } = await run(deployed, path);
    expect([exit, err[0]]).toEqual([1, expect.stringMatching(/0003\.dsse\.json has SHA-256 .* the register says /)]);
    await expect(readdir(path)).rejects.toThrow('ENOENT');
  });

  it('names the record that the bucket does not hold', async () => {
    const deployed = await storedCase();
    deployed.evidence.objects.delete(recordKey(caseId, 2));
    expect((await run(deployed, fresh())).err[0]).toContain('0002.dsse.json is not in the bucket');
  });

  it('names the raw finding that is missing or changed', async () => {
    const deployed = await storedCase();
    deployed.evidence.objects.set(`raw/${deployed.raw}`, Buffer.from('x'));
    expect(await run(deployed, fresh())).toMatchObject({
      exit: 1,
      err: [`raw/${deployed.raw} has other bytes than its name says`],
    });
    deployed.evidence.objects.delete(`raw/${deployed.raw}`);
    expect(await run(deployed, fresh())).toMatchObject({
      exit: 1,
      err: [expect.stringContaining('is not in the bucket')],
    });
  });

  it('says no for a case without any record', async () => {
    expect(await run(await storedCase([]), fresh())).toMatchObject({
      exit: 1,
      err: [expect.stringContaining('no record yet')],
    });
  });

  it('writes into an empty folder and overwrites nothing', async () => {
    const deployed = await storedCase();
    const empty = fresh();
    await mkdir(empty);
    expect((await run(deployed, empty)).exit).toBe(0);
    expect((await run(deployed, empty)).exit).toBe(2);
    const file = fresh('.zip');
    await writeFile(file, 'mine');
    expect((await run(deployed, file)).exit).toBe(2);
    expect(await readFile(file, 'utf8')).toBe('mine');
  });

  it('asks for a name where it is given none', async () => {
    const { exit, err } = await run(await storedCase(), '');
    expect([exit, err]).toEqual([2, ['--out is empty: name a new folder, an empty one, or a new .zip']]);
  });

  it('prints a command that a shell reads back as the path', async () => {
    const path = `${fresh()} it's here`;
    const { err } = await run(await storedCase(), path);
    const { stdout } = await promisify(execFile)('bash', [
      '-c',
      `printf %s ${err.at(-1)?.match(/verify (.*) --policy/)?.[1]}`,
    ]);
    expect(stdout).toBe(path);
  });
});

describe('the commands that the report names', () => {
  const byBash = (cwd: string, KEY: string) =>
    promisify(execFile)('bash', ['--norc', '-c', byHand], { cwd, env: { ...process.env, KEY } });

  it('verify every signature, link and raw finding of a genuine pack without our software', async () => {
    const deployed = await storedCase(closedCase());
    const path = fresh();
    await run(deployed, path);
    const key = fresh('.pem');
    await writeFile(key, await deployed.signer.pem());
    const { stdout } = await byBash(path, key);
    expect(stdout).toBe(`${'Verified OK\n'.repeat(8)}all held\n`);
  });

  it('refuse a raw finding that was changed, and a record under another key', async () => {
    const deployed = await storedCase(closedCase());
    const path = fresh();
    await run(deployed, path);
    const key = fresh('.pem');
    await writeFile(key, await (await storedCase()).signer.pem());
    await expect(byBash(path, key)).rejects.toThrow();
    await writeFile(key, await deployed.signer.pem());
    await writeFile(join(path, 'raw', deployed.raw), 'x');
    await expect(byBash(path, key)).rejects.toMatchObject({ stdout: expect.stringContaining('CHANGED') });
  });
});
