import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '#core/digest';
import { submission } from '#core/intake/submit';
import { readFindings } from '../../bin/commands/finding.ts';
import { envelope, guarddutyFinding } from '../sources/guardduty-finding.ts';
import { noLists } from '../sources/read-finding.ts';
import { leaked, result, unverified } from '../sources/trufflehog-result.ts';

const now = new Date('2026-08-20T09:31:00Z');
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rescind-finding-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function run(files: string[], stdin: string | Uint8Array = '') {
  const out: string[] = [];
  const err: string[] = [];
  const io = {
    stdin: async () => Buffer.from(stdin),
    out: (line: string) => out.push(line),
    err: (line: string) => err.push(line),
  };
  const exit = await readFindings({ files, lists: noLists, now }, io);
  return { exit, err, lines: out.map((line) => JSON.parse(line)), out };
}
async function file(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}
const finding = JSON.stringify(guarddutyFinding());

describe('rescind finding read', () => {
  it('prints one line per event with its file as given and its index', async () => {
    const path = await file('two.json', `[${finding}, {"eventName":"x"}]`);
    const { exit, lines, err } = await run([path]);
    expect(lines).toMatchObject([
      { outcome: 'finding', finding: { source: 'guardduty' }, file: path, index: 0 },
      { outcome: 'ignored', file: path, index: 1 },
    ]);
    expect({ exit, err }).toEqual({ exit: 0, err: [] });
  });

  it('reads standard input as -', async () => {
    const { exit, lines } = await run(['-'], JSON.stringify(envelope()));
    expect(lines).toMatchObject([{ outcome: 'finding', file: '-', index: 0 }]);
    expect(exit).toBe(0);
  });

  it('exits 1 when one event was rejected, and reads the others', async () => {
    const { exit, lines } = await run(['-'], `${finding}\n{broken\n\n${finding}\n`);
    expect(lines.map((line) => [line.index, line.outcome, line.code])).toEqual([
      [0, 'finding', undefined],
      [1, 'rejected', 'NOT_JSON'],
      [2, 'finding', undefined],
    ]);
    expect(exit).toBe(1);
  });

  it('exits 3 with one line about a file that it cannot read, and reads the others', async () => {
    const path = await file('good.json', finding);
    const { exit, lines, err } = await run([join(folder, 'absent\n.json'), path, folder]);
    expect(lines).toHaveLength(1);
    expect(err).toHaveLength(2);
    expect(err[0]).toMatch(/^cannot read ".+absent\\n\.json" \(ENOENT\): [^\n]+$/);
    expect(exit).toBe(3);
  });

  it('hashes one document as the file is, and an element as it stands in the file', async () => {
    const element =
      '{ "Id" : "é",\n "Type":"Recon:IAMUser/X" , "accountId":"111122223333","updatedAt":1755682500, "resource":{}}';
    const alone = await run(['-'], `${element}\n`);
    const listed = await run(['-'], `\ufeff{"Findings":[ ${element} ]}`);
    expect(alone.lines[0]).toMatchObject({ code: 'FIELD_INVALID' });
    const good = element.replace('é', 'e');
    expect((await run(['-'], `${good}\n`)).lines[0].finding.raw).toBe(sha256(`${good}\n`));
    expect((await run(['-'], `[ ${good} ]`)).lines[0].finding.raw).toBe(sha256(good));
    expect(listed.lines[0].code).toBe('FIELD_INVALID');
  });

  it('reads what a scanner has found as it will be submitted, and never prints the secret', async () => {
    const lines = [result(), unverified(), result({ DetectorName: 'Slack' })].map((line) => JSON.stringify(line));
    const { exit, out, lines: read } = await run(['-'], [...lines, lines[0]?.slice(0, -9)].join('\n'));
    expect([exit, out.join()]).toEqual([1, expect.not.stringContaining(leaked)]);
    expect(read.map((line) => line.finding?.type ?? line.outcome)).toEqual([
      'TruffleHog:verified',
      'TruffleHog:unverified',
      'ignored',
      'rejected',
    ]);
    const here = { account: '111122223333', region: 'eu-central-1', now };
    const submitted = submission(Buffer.from(lines[0] ?? ''), here);
    expect(submitted).toMatchObject({ finding: { ...read[0].finding, raw: expect.any(String), region: here.region } });
  });

  it('keeps the bytes of characters beyond ASCII', async () => {
    const text = JSON.stringify(guarddutyFinding({ title: 'Zugriff über Tor \u2028 🔑\u00a0' }));
    const { lines } = await run(['-'], `${text}\n${text}\n`);
    expect(lines.map((line) => line.finding.raw)).toEqual([sha256(text), sha256(text)]);
  });

  it('rejects only the line that is not UTF-8', async () => {
    const bytes = Buffer.concat([Buffer.from(`${finding}\n{"a":"`), Buffer.of(0xff), Buffer.from(`"}\n${finding}`)]);
    expect((await run(['-'], bytes)).lines.map((line) => line.outcome)).toEqual(['finding', 'rejected', 'finding']);
  });
});
