import type { Envelope, RecordPredicate, Statement } from '#verifier/format';

/** What a stored record says, whoever signed it. */
export function predicateOf(bytes: Uint8Array): RecordPredicate {
  const { payload } = JSON.parse(Buffer.from(bytes).toString('utf8')) as Envelope;
  return (JSON.parse(Buffer.from(payload, 'base64').toString('utf8')) as Statement).predicate;
}
