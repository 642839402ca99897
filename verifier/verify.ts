import { sameBytes, sha256 } from './bytes.ts';
import { checkChain } from './chain.ts';
import { type Failure, Refusal, refuse } from './failure.ts';
import { type Manifest, rawPath, type Statement, type VerifyPolicy } from './format.ts';
import { checkFiles } from './manifest.ts';
import { readPolicy } from './policy.ts';
import { checkSignature, readEnvelopes, readStatement, type StoredRecord } from './records.ts';

/** Makes the report again from the records; null if it cannot. Injected, because the verifier imports only itself. */
export interface ReportRenderer {
  version: number;
  render(statements: Statement[], raws: ReadonlyMap<string, Uint8Array>): string | null;
}

export interface VerifyOptions {
  /** Accept a case that has no closing record yet. */
  allowOpen?: boolean;
  /** Without it, nothing is said about report.html but that the manifest lists it. */
  report?: ReportRenderer;
}

interface Found {
  caseId: string | null;
  records: number | null;
  closed: boolean | null;
  /** The checks that held, one line each, in order. */
  checks: string[];
}
export type Verdict =
  | ({ ok: true; caseId: string; records: number; closed: boolean; checks: string[] } & {
      keyids: string[];
      statements: Statement[];
    })
  | ({ ok: false } & Failure & Found);

/**
 * Checks a pack without any network and names the first thing that is wrong, in the order of `failureClasses`.
 * Never throws for what is in the pack or in the policy. Bytes as policy are its JSON file.
 */
export async function verifyPack(
  files: ReadonlyMap<string, Uint8Array>,
  policy: VerifyPolicy | Uint8Array | null,
  options: VerifyOptions = {},
): Promise<Verdict> {
  const found: Found = { caseId: null, records: null, closed: null, checks: [] };
  try {
    return await check(files, policy, options, found);
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, ...error.failure, ...found };
    throw error;
  }
}

async function check(
  files: ReadonlyMap<string, Uint8Array>,
  policy: VerifyPolicy | Uint8Array | null,
  { allowOpen = false, report }: VerifyOptions,
  found: Found,
): Promise<Verdict> {
  const held = (line: string) => found.checks.push(line);
  const keys = policy && (await readPolicy(policy));
  if (keys) held(`policy: ${keys.size} P-256 ${keys.size === 1 ? 'key' : 'keys'}, each with its own keyid`);

  const manifest = await checkFiles(files);
  held(`files: ${files.size} files, exactly those of the manifest, with their hashes`);

  const records = await readEnvelopes(files);
  held(`envelopes: ${records.length} records, numbered without a gap`);

  if (keys) {
    await firstFailure(records.map((record) => checkSignature(record, keys)));
    held('signatures: each record is signed by a key of the policy');
  }
  const statements = records.map((record) => readStatement(record, keys));
  held(`statements: each is the record that its file name says${keys ? ', signed by a key allowed for its step' : ''}`);

  const closed = checkChain(records, statements, manifest.caseId);
  Object.assign(found, { caseId: manifest.caseId, records: records.length, closed });
  held(`chain: each record names the one before it; clocks agree${closed ? '; the last one closes all others' : ''}`);

  const raws = await checkRaws(files, records, statements);
  held(`raw: ${raws.size} raw files, each named by a record and with its own hash`);

  if (!closed && !allowOpen)
    refuse(
      'not-closed',
      records.at(-1)?.path ?? 'records/',
      `not closed: ${records.length} records so far, completeness cannot be shown${keys ? '' : '; origin not checked'}`,
    );
  if (report) {
    checkReport(files, manifest, report, statements, raws);
    held('report: rendered again from the records, the same bytes');
  }
  if (!keys) return refuse('origin-not-checked', 'policy', 'consistent, origin not checked');
  const keyids = [...new Set(records.map(({ keyid }) => keyid))];
  return {
    ok: true,
    caseId: manifest.caseId,
    records: records.length,
    closed,
    checks: found.checks,
    keyids,
    statements,
  };
}

/** Waits for all, so that the failure named is the first in order and not the first in time. */
async function firstFailure(checks: Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(checks)) if (result.status === 'rejected') throw result.reason;
}

async function checkRaws(files: ReadonlyMap<string, Uint8Array>, records: StoredRecord[], statements: Statement[]) {
  const raws = new Map<string, Uint8Array>();
  for (const [index, { subject }] of statements.entries()) {
    const where = records[index]?.path as string;
    for (const { name, digest } of subject) {
      const bytes = files.get(name);
      if (name !== rawPath(digest.sha256)) refuse('raw', where, `its subject ${name} has another digest`);
      if (!bytes) return refuse('raw', where, `rests on ${name}, which is not in the pack`);
      if (raws.has(name)) continue;
      if ((await sha256(bytes)) !== digest.sha256) refuse('raw', name, 'does not have the hash that is its name');
      raws.set(name, bytes);
    }
  }
  for (const path of files.keys())
    if (path.startsWith('raw/') && !raws.has(path)) refuse('raw', path, 'no record names it');
  return raws;
}

function checkReport(
  files: ReadonlyMap<string, Uint8Array>,
  manifest: Manifest,
  { version, render }: ReportRenderer,
  statements: Statement[],
  raws: ReadonlyMap<string, Uint8Array>,
): void {
  if (manifest.report !== version)
    refuse('report-version', 'report.html', `made by renderer ${manifest.report}, this is ${version}: use --no-report`);
  const again = rendered(render, statements, raws);
  if (!sameBytes(files.get('report.html') as Uint8Array, new TextEncoder().encode(again ?? '')))
    refuse('report', 'report.html', again === null ? 'cannot be rendered again' : 'is not what the records say');
}

/** A renderer may stumble over facts that a stranger wrote; that is an answer about the pack, not a crash. */
function rendered(render: ReportRenderer['render'], ...input: Parameters<ReportRenderer['render']>): string | null {
  try {
    return render(...input);
  } catch {
    return null;
  }
}
