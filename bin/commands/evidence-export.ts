import { promises as fs } from 'node:fs';
import type { RecordRef } from '#core/case';
import { sha256 } from '#core/digest';
import { buildPack, type PackFile } from '#core/pack';
import { renderReport, reportVersion } from '#core/report';
import { recordKey } from '#core/run/record';
import { rawKey } from '#core/run/stored-findings';
import { type Envelope, rawPath, recordPath, type Statement } from '#verifier/format';
import type { Terminal } from '../terminal.ts';
import { writePack } from './pack-files.ts';
import type { Deployed } from './stack.ts';

type Fetched<T> = { ok: true; value: T } | { ok: false; why: string };
const no = (why: string) => ({ ok: false as const, why });

/**
 * `rescind evidence export CASE --out DIR|ZIP`: every record that the register lists, by its number and with the digest
 * that the register holds; the raw findings that they name; and the report. Exit 1 where the bucket disagrees.
 */
export async function exportCommand(
  { caseId, out: target }: { caseId: string; out: string },
  deployed: Pick<Deployed, 'register' | 'evidence'>,
  { out, err }: Pick<Terminal, 'out' | 'err'>,
): Promise<number> {
  const taken = await inTheWay(target);
  if (taken) {
    err(taken);
    return 2;
  }
  const { records: refs, stage } = await deployed.register.load(caseId);
  const records = await collect(refs.map((ref) => recordOf(caseId, ref, deployed)));
  if (!records.ok || records.value.length === 0) {
    const why = stage === 'noted' ? 'what it holds is advisory, and no run takes it' : 'its first step has not ended';
    err(records.ok ? `${caseId} has no record yet: ${why}` : records.why);
    return 1;
  }
  const statements = records.value.map(({ statement }) => statement);
  const raws = await rawsOf(statements, deployed);
  if (!raws.ok) {
    err(raws.why);
    return 1;
  }
  const files = records.value.map(({ file }) => file);
  const report = renderReport(statements);
  await writePack(buildPack({ caseId, records: files, raws: raws.value, report, reportVersion }), target);
  const closed = statements.at(-1)?.predicate.closes !== undefined;
  out(target);
  err(
    `${files.length} records, ${raws.value.length} raw findings${closed ? '' : '; the case is not closed'}. Verify it:`,
  );
  err(`  rescind evidence verify ${quoted(target)} --policy FILE${closed ? '' : ' --open'}`);
  return 0;
}

/** Nothing is overwritten: a pack that mixes two exports would be refused later, and nobody would know why. */
async function inTheWay(target: string): Promise<string | null> {
  if (target.trim() === '') return '--out is empty: name a new folder, an empty one, or a new .zip';
  const stat = await fs.stat(target).catch(() => null);
  if (!stat) return null;
  const isEmptyFolder = stat.isDirectory() && !target.endsWith('.zip') && (await fs.readdir(target)).length === 0;
  return isEmptyFolder ? null : `${target} exists: name a new folder, an empty one, or a new .zip`;
}

async function recordOf(
  caseId: string,
  { number, step, sha256: expected }: RecordRef,
  { evidence }: Pick<Deployed, 'evidence'>,
): Promise<Fetched<{ file: PackFile; statement: Statement }>> {
  const key = recordKey(caseId, number);
  const bytes = await evidence.get(key);
  if (!bytes) return no(`${key} is not in the bucket, or may not be read, and the register lists it`);
  const digest = sha256(bytes);
  if (digest !== expected) return no(`${key} has SHA-256 ${digest}, and the register says ${expected}`);
  const statement = statementOf(bytes);
  if (!statement) return no(`${key} is no record`);
  return { ok: true, value: { file: { path: recordPath(number, step), bytes }, statement } };
}

function statementOf(bytes: Uint8Array): Statement | null {
  try {
    const { payload } = JSON.parse(Buffer.from(bytes).toString('utf8')) as Envelope;
    return JSON.parse(Buffer.from(payload, 'base64').toString('utf8')) as Statement;
  } catch {
    return null;
  }
}

async function rawsOf(statements: Statement[], { evidence }: Pick<Deployed, 'evidence'>): Promise<Fetched<PackFile[]>> {
  const digests = [...new Set(statements.flatMap(({ subject }) => subject.map(({ digest }) => digest.sha256)))];
  return collect(
    digests.map(async (digest): Promise<Fetched<PackFile>> => {
      if (!/^[0-9a-f]{64}$/.test(digest)) return no(`a record names a raw finding ${digest}, which is no SHA-256`);
      const bytes = await evidence.get(rawKey(digest));
      if (!bytes) return no(`${rawKey(digest)} is not in the bucket, or may not be read, and a record rests on it`);
      if (sha256(bytes) !== digest) return no(`${rawKey(digest)} has other bytes than its name says`);
      return { ok: true, value: { path: rawPath(digest), bytes } };
    }),
  );
}

/** All, or the first that is wrong, in order. */
async function collect<T>(fetching: Promise<Fetched<T>>[]): Promise<Fetched<T[]>> {
  const fetched = await Promise.all(fetching);
  const values: T[] = [];
  for (const one of fetched) {
    if (!one.ok) return one;
    values.push(one.value);
  }
  return { ok: true, value: values };
}

const quoted = (path: string): string => (/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`);
