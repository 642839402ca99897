import { fromBase64, sha256 } from './bytes.ts';
import { rawSignature, verifyP256 } from './ecdsa.ts';
import { refuse } from './failure.ts';
import {
  type Envelope,
  encodeEnvelope,
  pae,
  payloadType,
  predicatePrefix,
  recordPath,
  recordSteps,
  type Statement,
  statementType,
} from './format.ts';
import type { PolicyKey } from './policy.ts';
import { anything, caseId, count, digest, exactly, listOf, matching, object, text } from './shape.ts';
import { strictJson } from './strict-json.ts';

export interface StoredRecord {
  path: string;
  /** Of the file: what the next record and the closing one name. */
  sha256: string;
  keyid: string;
  sig: string;
  payload: Uint8Array;
}

const envelopeShape = object({
  payloadType: text,
  payload: text,
  signatures: listOf(object({ keyid: digest, sig: text })),
});

/** The envelopes in the order of their numbers. */
export async function readEnvelopes(files: ReadonlyMap<string, Uint8Array>): Promise<StoredRecord[]> {
  const numbered = [...files.keys()]
    .filter((path) => path.startsWith('records/'))
    .map((path) => ({ path, number: Number(path.match(/\d+/)?.[0]) }))
    .toSorted((a, b) => a.number - b.number);
  if (numbered.length === 0) refuse('number', 'records/', 'there is no record');
  for (const [index, { path, number }] of numbered.entries())
    if (number !== index + 1) refuse('number', path, `where record ${index + 1} is expected`);
  return Promise.all(numbered.map(({ path }) => readEnvelope(path, files.get(path) as Uint8Array)));
}

async function readEnvelope(path: string, bytes: Uint8Array): Promise<StoredRecord> {
  const no = (why: string) => refuse('envelope', path, why);
  const given = strictJson(bytes, 'envelope', path);
  const flaw = envelopeShape(given, 'envelope');
  if (flaw) no(flaw);
  const envelope = given as Envelope;
  const [signature, ...more] = envelope.signatures;
  if (!signature || more.length > 0) return no(`has ${envelope.signatures.length} signatures where one is expected`);
  if (new TextDecoder().decode(bytes) !== encodeEnvelope(envelope)) no('is not in its one form (order, white space)');
  const payload = fromBase64(envelope.payload) ?? no('its payload is not canonical base64');
  if (envelope.payloadType !== payloadType) refuse('payload-type', path, `payloadType is not ${payloadType}`);
  return { path, sha256: await sha256(bytes), ...signature, payload };
}

/** The keyid only picks the key to try; what counts is that this key of the policy verifies these bytes (DSSE, "Protocol"). */
export async function checkSignature(record: StoredRecord, keys: ReadonlyMap<string, PolicyKey>): Promise<void> {
  const { path, keyid, sig, payload } = record;
  const signer =
    keys.get(keyid) ?? refuse('key-unknown', path, `signed by key ${keyid}, which the policy does not name`);
  const der = fromBase64(sig) ?? refuse('signature-form', path, 'the signature is not canonical base64');
  const raw =
    rawSignature(der) ?? refuse('signature-form', path, 'the signature is not strict DER of two P-256 integers');
  if (!(await verifyP256(signer.key, raw, pae(payloadType, payload))))
    refuse('signature', path, `the signature does not fit the bytes under key ${keyid}`);
}

const call = object(
  { at: text, operation: text, asked: anything },
  { answered: anything, error: object({ name: text, message: anything }, {}, 'ignored'), requestId: text },
  'ignored',
);
const step = matching(new RegExp(`^(${recordSteps.join('|')})$`), 'a step');
/** Signed and so let through where we do not know a field (in-toto Attestation Framework, "Parsing rules"). */
const statementShape = object(
  {
    _type: exactly(statementType),
    subject: listOf(object({ name: text, digest: object({ sha256: digest }) }, {}, 'ignored')),
    predicateType: text,
    predicate: object(
      {
        caseId,
        run: count,
        number: count,
        step,
        previous: (value, at) => (value === null ? null : digest(value, at)),
        actor: text,
        occurredAt: text,
        recordedAt: text,
        facts: anything,
        calls: listOf(call),
      },
      { closes: listOf(object({ number: count, step, sha256: digest })) },
      'ignored',
    ),
  },
  {},
  'ignored',
);

/** Reads what was signed, and holds it against the file's name and the policy's steps. */
export function readStatement(
  { path, keyid, payload }: StoredRecord,
  keys: ReadonlyMap<string, PolicyKey> | null,
): Statement {
  const given = strictJson(payload, 'statement', path);
  const flaw = statementShape(given, 'statement');
  if (flaw) refuse('statement', path, flaw);
  const statement = given as Statement;
  const { number, step } = statement.predicate;
  if (statement.predicateType !== predicatePrefix + step)
    refuse('statement', path, `predicateType is not ${predicatePrefix}${step}`);
  if (statement.subject.length === 0) refuse('statement', path, 'has no subject');
  if (recordPath(number, step) !== path) refuse('record-name', path, `holds record ${number}, step ${step}`);
  if (keys && !keys.get(keyid)?.steps.has(step)) refuse('key-step', path, `key ${keyid} may not sign the step ${step}`);
  return statement;
}
