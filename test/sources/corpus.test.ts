import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseSettings } from '#core/settings';
import { readFindings } from '../../bin/commands/finding.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const corpus = process.env.RESCIND_CORPUS ?? join(root, '../shared/corpus');
const isHere = existsSync(join(corpus, 'INDEX.tsv'));
if (!isHere) console.warn('corpus: not found; set RESCIND_CORPUS to its folder to run this test');

interface Line {
  outcome: string;
  reason?: string;
  finding?: { account: string; identity: { kind: string; name?: string }; credential: { accessKeyId?: string } };
}
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
    const exit = await readFindings({ files: [path], lists: parseSettings({}) }, io);
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

/**
 * The records of CreateAccessKey. Those of detection rules have accounts of 9 digits and key ids of 4 to 8 signs, which
 * AWS does not issue.
 */
const newKeys: Record<string, object> = {
  'cloudtrail/panther__aws_iam_user_key_created__0-user1-create-keys-for-user1.json': { code: 'FIELD_INVALID' },
  'cloudtrail/panther__aws_iam_user_key_created__2-jackson-create-keys-for-jack.json': { code: 'FIELD_INVALID' },
  'cloudtrail/panther__aws_iam_user_key_created__3-jack-create-keys-for-jackson.json': { code: 'FIELD_INVALID' },
  'cloudtrail/panther__aws_iam_user_key_created__4-CreateKey-returns-error-code.json': { outcome: 'ignored' },
  'cloudtrail/panther__aws_root_access_key_created__1-Root-Created-Access-Key-For-User.json': { code: 'FIELD_INVALID' },
};

describe.skipIf(!isHere)('the corpus of public events', () => {
  it('is read to its end, every event with an outcome, and of other families than GuardDuty only new keys are read', async () => {
    for (const [file, lines] of await readAll()) {
      expect(lines.length, file).toBeGreaterThan(0);
      const expected = newKeys[file];
      if (expected) expect(lines, file).toEqual([expect.objectContaining(expected)]);
      else if (!/^(guardduty|malformed)\//.test(file))
        expect(
          lines.map((line) => line.outcome),
          file,
        ).toContain('ignored');
    }
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
