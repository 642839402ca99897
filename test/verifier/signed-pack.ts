import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { buildPack, type PackFile } from '#core/pack';
import {
  encodeEnvelope,
  pae,
  payloadType,
  predicatePrefix,
  rawPath,
  recordPath,
  recordSteps,
  type Statement,
  statementType,
  type VerifyPolicy,
} from '#verifier/format';
import type { ReportRenderer } from '#verifier/verify';

export const hex = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');
export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

export interface RecordKey {
  keyid: string;
  pem: string;
  /** DER over the SHA-256 of the bytes, as KMS gives it. */
  sign: (bytes: Uint8Array) => Uint8Array;
}

export function newKey(namedCurve = 'P-256'): RecordKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
  return {
    keyid: hex(publicKey.export({ type: 'spki', format: 'der' })),
    pem: publicKey.export({ type: 'spki', format: 'pem' }) as string,
    sign: (bytes) => new Uint8Array(sign('sha256', bytes, privateKey)),
  };
}

/** The steps of a case that goes straight through. */
export const wholeCase = ['open', 'contain', 'triage', 'assign-owner', 'rotate', 'revoke', 'verify', 'verify', 'close'];

export const policyFor = (...keys: RecordKey[]): VerifyPolicy => ({
  records: keys.map(({ keyid, pem }) => ({ keyid, pem, steps: [...recordSteps] })),
  log: null,
});

/** An envelope over any bytes. */
export const sealBytes = (payload: Uint8Array, key: RecordKey): Uint8Array =>
  bytesOf(
    encodeEnvelope({
      payloadType,
      payload: Buffer.from(payload).toString('base64'),
      signatures: [{ keyid: key.keyid, sig: Buffer.from(key.sign(pae(payloadType, payload))).toString('base64') }],
    }),
  );
export const seal = (statement: Statement, key: RecordKey): Uint8Array =>
  sealBytes(bytesOf(JSON.stringify(statement)), key);

export interface CaseOptions {
  key?: RecordKey;
  caseId?: string;
  steps?: string[];
  raws?: string[];
  /** What a dishonest or faulty key holder signs instead. */
  change?: (statement: Statement) => Statement;
  /** Steps whose records close the case. */
  closing?: string[];
}

export interface SignedCase {
  caseId: string;
  key: RecordKey;
  statements: Statement[];
  records: PackFile[];
  raws: PackFile[];
}

const time = (minute: number, second: number) => new Date(Date.UTC(2026, 10, 24, 9, minute, second)).toISOString();

/** A case with one really signed record for each step. */
export function signedCase(options: CaseOptions = {}): SignedCase {
  const {
    key = newKey(),
    caseId = 'c-0123456789abcdef',
    steps = wholeCase,
    raws = ['{"id":"f-1"}', '{"id":"f-2"}'],
    closing = ['close', 'look'],
  } = options;
  const rawFiles = raws.map((text) => ({ path: rawPath(hex(text)), bytes: bytesOf(text) }));
  const records: PackFile[] = [];
  const statements: Statement[] = [];
  for (const [index, step] of steps.entries()) {
    const statement: Statement = {
      _type: statementType,
      subject: rawFiles.map(({ path }) => ({ name: path, digest: { sha256: path.slice(4) } })),
      predicateType: predicatePrefix + step,
      predicate: {
        caseId,
        run: 1,
        number: index + 1,
        step,
        previous: records.length > 0 ? hex((records.at(-1) as PackFile).bytes) : null,
        actor: `arn:aws:sts::111122223333:assumed-role/rescind-${step}/session`,
        occurredAt: time(index, 0),
        recordedAt: time(index, 2),
        facts: { found: `what ${step} found` },
        calls: [{ at: time(index, 1), operation: 'iam:ListAccessKeys', asked: { UserName: 'app' }, answered: {} }],
        ...(closing.includes(step) && {
          closes: records.map(({ bytes }, at) => ({ number: at + 1, step: steps[at] as string, sha256: hex(bytes) })),
        }),
      },
    };
    const signed = options.change?.(statement) ?? statement;
    statements.push(signed);
    records.push({ path: recordPath(index + 1, step), bytes: seal(signed, key) });
  }
  return { caseId, key, statements, records, raws: rawFiles };
}

export const testReport: ReportRenderer = {
  version: 1,
  render: (statements) => `<!doctype html>${statements.map(({ predicate }) => `<p>${predicate.step}`).join('')}`,
};

export const packOf = ({ caseId, records, raws, statements }: SignedCase): Map<string, Uint8Array> =>
  buildPack({ caseId, records, raws, report: testReport.render(statements, new Map()) as string, reportVersion: 1 });

/** What an attacker does who knows the format: lists the files as they are now, with their present hashes. */
export function relisted(
  files: ReadonlyMap<string, Uint8Array>,
  caseId = 'c-0123456789abcdef',
): Map<string, Uint8Array> {
  const of = (start: string) =>
    [...files].filter(([path]) => path.startsWith(start)).map(([path, bytes]) => ({ path, bytes }));
  const report = new TextDecoder().decode(files.get('report.html'));
  return buildPack({ caseId, records: of('records/'), raws: of('raw/'), report, reportVersion: 1 });
}
