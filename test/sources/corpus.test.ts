import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Finding } from '#core/finding';
import { parseSettings } from '#core/settings';
import { readFindings } from '../../bin/commands/finding.ts';
import { outcomes } from './corpus-outcomes.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const corpus = process.env.RESCIND_CORPUS ?? join(root, '../shared/corpus');
const isHere = existsSync(join(corpus, 'INDEX.tsv'));
if (!isHere) console.warn('corpus: not found; set RESCIND_CORPUS to its folder to run this test');

interface Line {
  outcome: string;
  reason?: string;
  code?: string;
  finding?: Finding;
}
const told = ({ type, signal, identity: { kind, key } }: Finding): string =>
  `${type}, ${signal}, ${kind}${kind === 'unknown' ? '' : ` ${key}`}`;

async function readAll(): Promise<Map<string, Line[]>> {
  const all = new Map<string, Line[]>();
  for (const entry of readdirSync(corpus, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.json')) continue;
    const path = join(entry.parentPath, entry.name);
    const lines: Line[] = [];
    const io = {
      stdin: async () => new Uint8Array(),
      out: (line: string) => lines.push(JSON.parse(line)),
      err: () => {},
    };
    const exit = await readFindings({ files: [path], lists: parseSettings({}), now: new Date() }, io);
    expect(exit, path).toBeLessThan(3);
    all.set(relative(corpus, path), lines);
  }
  return all;
}
const indexRows = (): Record<string, string>[] => {
  const [head = '', ...rows] = readFileSync(join(corpus, 'INDEX.tsv'), 'utf8').trimEnd().split('\n');
  const names = head.split('\t');
  return rows.map((row) => Object.fromEntries(row.split('\t').map((cell, at) => [names[at] ?? '', cell])));
};

const kinds: Record<string, string> = { IAMUser: 'iam-user', AssumedRole: 'role-session', Root: 'root' };
/**
 * Where we give another answer than the index, whose reader copied the fields and judged nothing. In all three the
 * account is not 12 digits (11 or 13), and in two the name is a template's placeholder: nobody could act on them.
 */
const disagreements: Record<string, string> = {
  'guardduty/gdsoar__s3-bucket-exposure-multi-event.json': 'rejected',
  'guardduty/gdsoar__s3-compromised-discovery-multi-event.json': 'rejected',
  'guardduty/stix-shifter__test_aws_guardduty_json_to_stix__2.json': 'rejected',
};

describe.skipIf(!isHere)('the corpus of public events', () => {
  it('is read to its end: every event has an outcome', async () => {
    for (const [file, lines] of await readAll()) expect(lines.length, file).toBeGreaterThan(0);
  });

  it('gives these findings and rejections outside of GuardDuty, and ignores all others', async () => {
    const given: typeof outcomes = {};
    for (const [path, lines] of await readAll()) {
      const [family = '', ...rest] = path.split('/');
      if (family === 'guardduty') continue;
      for (const line of lines) {
        if (line.outcome === 'ignored') continue;
        given[family] ??= { found: {}, rejected: {} };
        const kept = line.finding ? given[family].found : given[family].rejected;
        kept[rest.join('/')] = line.finding ? told(line.finding) : (line.code ?? '');
      }
    }
    expect(given).toEqual(outcomes);
  });

  it('gives no finding for a sample', async () => {
    for (const [file, lines] of await readAll()) {
      const text = readFileSync(join(corpus, file), 'utf8');
      const isSample =
        /sample\\*"\s*:\s*true|"\[SAMPLE\]|"GeneratedFinding(UserName|UserType|AccessKeyId|PrincipalId)"/i.test(text);
      if (isSample) for (const line of lines) expect(line.outcome, file).toBe('ignored');
    }
  });

  it('names the principals that the index names in GuardDuty findings, or says why not', async () => {
    const all = await readAll();
    for (const row of indexRows().filter((each) => each.family === 'guardduty')) {
      const file = row.file ?? '';
      const [line] = all.get(file) ?? [];
      const expected = disagreements[file];
      if (expected) expect(line?.outcome, file).toBe(expected);
      else if (!row.principal_type) expect(line?.outcome, file).not.toBe('finding');
      else if (line?.reason !== 'a sample finding: nothing happened') {
        expect(line?.finding, file).toMatchObject({
          account: row.account,
          identity: { kind: kinds[row.principal_type], name: row.principal_name },
          credential: { accessKeyId: row.access_key_id },
        });
      }
    }
  });
});
