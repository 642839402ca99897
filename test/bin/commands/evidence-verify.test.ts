import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type VerifyArgs, verifyCommand } from '../../../bin/commands/evidence-verify.ts';
import { writePack } from '../../../bin/commands/pack-files.ts';
import { newKey, packOf, policyFor, signedCase, testReport } from '../../verifier/signed-pack.ts';

const key = newKey();
let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rescind-verify-'));
  await writePack(packOf(signedCase({ key })), at('closed'));
  await writePack(packOf(signedCase({ key })), at('closed.zip'));
  await writePack(packOf(signedCase({ key, steps: ['open', 'contain', 'park'] })), at('open.zip'));
  writeFileSync(at('policy.json'), JSON.stringify(policyFor(key)));
  writeFileSync(at('not-policy.json'), '{"records":[]');
});
afterAll(() => rmSync(folder, { recursive: true }));

async function run(args: Partial<VerifyArgs> & { path: string }) {
  const out: string[] = [];
  const err: string[] = [];
  const io = { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line) };
  const policy = at('policy.json');
  const code = await verifyCommand({ policy, json: false, open: false, report: testReport, ...args }, io);
  return { code, out, err };
}
const withoutPolicy = { policy: undefined } as unknown as Partial<VerifyArgs>;
const withoutReport = { report: undefined } as unknown as Partial<VerifyArgs>;

describe('rescind evidence verify', () => {
  it.each(['closed', 'closed.zip'])(
    'answers 0 for a genuine pack, %s, and shows each check that held',
    async (name) => {
      const { code, out } = await run({ path: at(name) });
      expect(code).toBe(0);
      expect(out.slice(0, -2).every((line) => line.startsWith('held '))).toBe(true);
      expect(out.at(-2)).toBe(`key       ${key.keyid}`);
      expect(out.at(-1)).toBe('VERIFIED  case c-0123456789abcdef, 9 records, closed');
    },
  );

  it('prints one JSON object when asked to', async () => {
    const { out } = await run({ path: at('closed'), json: true });
    expect(out).toHaveLength(1);
    expect(JSON.parse(out[0] as string)).toMatchObject({
      ok: true,
      class: null,
      where: null,
      message: null,
      caseId: 'c-0123456789abcdef',
      records: 9,
      closed: true,
    });
  });

  it('answers 1 for a case that is not closed, and 0 with --open, saying so', async () => {
    const refused = await run({ path: at('open.zip') });
    expect([refused.code, refused.out.at(-1)]).toEqual([
      1,
      'REFUSED   not-closed: records/0003-park.dsse.json: not closed: 3 records so far, completeness cannot be shown',
    ]);
    const accepted = await run({ path: at('open.zip'), open: true });
    expect([accepted.code, accepted.out.at(-1)]).toEqual([
      0,
      'VERIFIED  case c-0123456789abcdef, 3 records, NOT CLOSED, so completeness cannot be shown',
    ]);
  });

  it('answers 1 without a policy: consistent, origin not checked', async () => {
    const { code, out } = await run({ path: at('closed'), ...withoutPolicy });
    expect(code).toBe(1);
    expect(out.at(-1)).toContain('consistent, origin not checked');
  });

  it('says when the report was not checked', async () => {
    const { code, out } = await run({ path: at('closed'), ...withoutReport });
    expect(code).toBe(0);
    expect(out).toContain('skipped   report: report.html was not held against the records, do not rely on it');
  });

  it('answers 1 for a policy that is none', async () => {
    const { code, out } = await run({ path: at('closed'), policy: at('not-policy.json'), json: true });
    expect([code, JSON.parse(out[0] as string).class]).toEqual([1, 'policy']);
  });

  it.each([
    ['pack', { path: '/nowhere/pack.zip' }, '/nowhere/pack.zip cannot be read: ENOENT'],
    ['policy', { policy: '/nowhere/policy.json' }, '/nowhere/policy.json cannot be read: ENOENT'],
    ['policy that is a folder', { policy: tmpdir() }, `${tmpdir()} cannot be read: EISDIR`],
  ])('answers 3 in one line for an unreadable %s', async (_what, args, line) => {
    const { code, out, err } = await run({ path: at('closed'), json: true, ...args });
    expect([code, err.length, JSON.parse(out[0] as string).class]).toEqual([3, 1, 'unreadable']);
    expect(err[0]?.startsWith(line)).toBe(true);
  });
});

describe('the code that verifies', () => {
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  const importsOf = (file: string) =>
    [...readFileSync(file, 'utf8').matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'|\brequire\(/g)].map(
      ([all, name]) => name ?? all,
    );
  /** Every file reached, and every import that leaves the repository. */
  function reach(file: string, files = new Set<string>(), outside = new Set<string>()) {
    if (files.has(file)) return { files, outside };
    files.add(file);
    for (const name of importsOf(file)) {
      if (name.startsWith('.')) reach(join(dirname(file), name), files, outside);
      else if (name.startsWith('#')) reach(join(root, `${name.slice(1)}.ts`), files, outside);
      else outside.add(name);
    }
    return { files, outside };
  }

  it('reaches no AWS SDK and no network from the command', () => {
    const { files, outside } = reach(join(root, 'bin/commands/evidence-verify.ts'));
    expect([...outside].toSorted()).toEqual(['fflate', 'node:fs', 'node:path']);
    expect(files.size).toBeGreaterThan(8);
  });

  it('imports nothing but itself in verifier/, and names no thing of Node', () => {
    const { files, outside } = reach(join(root, 'verifier/verify.ts'));
    expect([...outside]).toEqual([]);
    for (const file of files) {
      expect(file.startsWith(join(root, 'verifier/'))).toBe(true);
      expect(readFileSync(file, 'utf8')).not.toMatch(/\b(Buffer|process|fetch)\b\s*[.(]/);
    }
  });
});
