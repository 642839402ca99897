import { promises as fs } from 'node:fs';
import { type Failure, printable } from '#verifier/failure';
import type { ReportRenderer, Verdict } from '#verifier/verify';
import { verifyPack } from '#verifier/verify';
import { readPack } from './pack-files.ts';

export interface VerifyArgs {
  /** Folder or zip. */
  path: string;
  /** File; without it the origin is not checked, and the answer is no. */
  policy?: string;
  json: boolean;
  /** A case without closing record is accepted. */
  open: boolean;
  /** Left out with `--no-report`. */
  report?: ReportRenderer;
}

/** Takes one line, without its line feed. */
export interface Io {
  out: (line: string) => void;
  err: (line: string) => void;
}

/** `rescind evidence verify`: exit code 0 for a pack that holds, 1 for every refusal, 3 if a path cannot be read. Works offline. */
export async function verifyCommand(args: VerifyArgs, io: Io): Promise<number> {
  let verdict: Verdict;
  try {
    verdict = await examine(args);
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    if (!code) throw error;
    const failure: Failure = {
      class: 'unreadable',
      where: printable(path ?? args.path),
      message: `cannot be read: ${code}`,
    };
    if (args.json) io.out(asJson({ ok: false, ...failure, caseId: null, records: null, closed: null, checks: [] }));
    io.err(`${failure.where} ${failure.message}; check the path and its permissions`);
    return 3;
  }
  if (args.json) io.out(asJson(verdict));
  else for (const line of forPeople(verdict, args)) io.out(line);
  return verdict.ok ? 0 : 1;
}

async function examine({ path, policy, open, report }: VerifyArgs): Promise<Verdict> {
  const trusted = policy === undefined ? null : await readPolicyFile(policy);
  const pack = await readPack(path);
  if (!pack.ok) return { ok: false, ...pack.failure, caseId: null, records: null, closed: null, checks: [] };
  return verifyPack(pack.files, trusted, { allowOpen: open, ...(report && { report }) });
}

/** Names the file also where the system does not (a folder given as file). */
const readPolicyFile = (path: string): Promise<Uint8Array> =>
  fs.readFile(path).catch((error) => {
    throw Object.assign(error, { path });
  });

function asJson(verdict: Verdict): string {
  const { ok, caseId, records, closed, checks } = verdict;
  const { class: kind, where, message } = verdict.ok ? { class: null, where: null, message: null } : verdict;
  return JSON.stringify({ ok, class: kind, where, message, caseId, records, closed, checks });
}

function* forPeople(verdict: Verdict, { report, policy }: VerifyArgs): Generator<string> {
  for (const line of verdict.checks) yield `held      ${line}`;
  if (!report) yield 'skipped   report: report.html was not held against the records, do not rely on it';
  if (policy === undefined) yield 'skipped   signatures: no --policy FILE was given';
  if (!verdict.ok) {
    yield `REFUSED   ${verdict.class}: ${verdict.where}: ${verdict.message}`;
    return;
  }
  for (const keyid of verdict.keyids) yield `key       ${keyid}`;
  const state = verdict.closed ? 'closed' : 'NOT CLOSED, so completeness cannot be shown';
  yield `VERIFIED  case ${verdict.caseId}, ${verdict.records} records, ${state}`;
}
