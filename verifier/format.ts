/**
 * The evidence format, said once: writers (core, adapters) and checkers (verifier, CLI) both import it from here.
 * Statement: in-toto Attestation Framework, Statement v1. Envelope: DSSE v1.0.2.
 */
export const statementType = 'https://in-toto.io/Statement/v1';
export const payloadType = 'application/vnd.in-toto+json';

/** Prefix of our predicate types, followed by the step. A URN, because it must name and need not resolve. */
export const predicatePrefix = 'urn:rescind:record:v1:';

/** The layout of a pack. `report` is the version of the renderer that made `report.html`. */
export const packVersion = 1;

/**
 * What a record may be about. `park` ends a run that needs attention, `close` ends the case; `look` and `rollback` come
 * after that, and leave it closed.
 */
export const recordSteps = [
  'open',
  'contain',
  'triage',
  'assign-owner',
  'rotate',
  'revoke',
  'verify',
  'park',
  'close',
  'look',
  'rollback',
] as const;

/** Bounds of a pack, so that a hostile one cannot exhaust whoever checks it. */
export const packLimits = { files: 10_000, fileBytes: 64 * 2 ** 20, totalBytes: 256 * 2 ** 20 } as const;

export interface Envelope {
  payloadType: typeof payloadType;
  /** Base64 of the statement's bytes. */
  payload: string;
  signatures: { keyid: string; sig: string }[];
}

export interface Statement {
  _type: typeof statementType;
  /** The raw findings that the record rests on: name `raw/SHA256`. */
  subject: { name: string; digest: { sha256: string } }[];
  predicateType: string;
  predicate: RecordPredicate;
}

/** One call to AWS: what was asked and what came back, secret values withheld. */
export interface CallRecord {
  at: string;
  operation: string;
  asked: unknown;
  /** What AWS answered, or the name of its error. */
  answered?: unknown;
  error?: { name: string; message: string };
  requestId?: string;
}

export interface RecordPredicate {
  caseId: string;
  run: number;
  /** Dense, from 1. */
  number: number;
  step: string;
  /** Hex SHA-256 of the previous record's envelope bytes; null in the first. */
  previous: string | null;
  /** Who did it: the ARN of the Lambda's role session. */
  actor: string;
  /** When it happened, and when this was written down (UTC, RFC 3339). */
  occurredAt: string;
  recordedAt: string;
  /** What the step found, decided and did, in the words of `docs/design.md`. */
  facts: unknown;
  calls: CallRecord[];
  /** In a record that leaves the case closed, and only there: the digests of all before it, in order. */
  closes?: { number: number; step: string; sha256: string }[];
}

/** Bytes that a DSSE signature covers: `DSSEv1 SP LEN(type) SP type SP LEN(body) SP body`, lengths in bytes. */
export function pae(type: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const head = encoder.encode(`DSSEv1 ${encoder.encode(type).length} ${type} ${body.length} `);
  const out = new Uint8Array(head.length + body.length);
  out.set(head);
  out.set(body, head.length);
  return out;
}

/** The only accepted text of an envelope: fields in this order, no white space. One content, one digest. */
export const encodeEnvelope = ({ payloadType, payload, signatures }: Envelope): string =>
  JSON.stringify({ payloadType, payload, signatures: signatures.map(({ keyid, sig }) => ({ keyid, sig })) });

/** `records/0001-open.dsse.json` */
export const recordPath = (number: number, step: string): string =>
  `records/${String(number).padStart(4, '0')}-${step}.dsse.json`;
export const rawPath = (sha256: string): string => `raw/${sha256}`;

export interface Manifest {
  version: typeof packVersion;
  caseId: string;
  /** Version of the renderer of `report.html`. */
  report: number;
  /** Every other file of the pack. */
  files: { path: string; sha256: string }[];
}

/** The only accepted text of a manifest, `files` sorted by path: nothing hashes these bytes, so no two may mean the same. */
export const encodeManifest = ({ version, caseId, report, files }: Manifest): string =>
  `${JSON.stringify({ version, caseId, report, files: files.map(({ path, sha256 }) => ({ path, sha256 })) }, null, 2)}\n`;

/** The auditor's policy: who may sign which step. Kept apart from the pack. */
export interface VerifyPolicy {
  records: { keyid: string; pem: string; steps: string[] }[];
  log: null;
  /** For people, e.g. that the demo issued it itself. */
  note?: string;
}
