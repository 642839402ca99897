import type { Case, RecordRef, RecordStep } from '#core/case';
import { sha256 } from '#core/digest';
import { RescindError } from '#core/error';
import type { EvidenceStore, Signer } from '#core/ports';
import type { Register } from '#core/register';
import type { Facts } from '#core/step-facts';
import {
  type CallRecord,
  type Envelope,
  encodeEnvelope,
  pae,
  payloadType,
  predicatePrefix,
  type RecordPredicate,
  rawPath,
  type Statement,
  statementType,
} from '#verifier/format';
import { accountFor } from './account-for.ts';

/** Where a record is kept: by number alone, so that a number can be taken once, whichever step or run asks for it. */
export const recordKey = (caseId: string, number: number): string =>
  `cases/${caseId}/${String(number).padStart(4, '0')}.dsse.json`;

export interface Draft<S extends RecordStep = RecordStep> {
  step: S;
  facts: NonNullable<Facts[S]> | { failed: { name: string; message: string } };
  calls: CallRecord[];
  raws: string[];
  occurredAt: string;
  recordedAt: string;
  actor: string;
  /** Of a look or a rollback: the case was closed, and stays so. */
  closes?: boolean;
}

export interface Written {
  ref: RecordRef;
  predicate: RecordPredicate;
}

/**
 * Signs and stores a record as the next of its case. The conditional put is the claim of the number: where a record
 * of that number already stands (an attempt that died after writing, or a run that lost the case), it is taken into
 * the chain as it is, and the draft goes one further, unless it is this very step's own: a case has one opening, and a
 * run that died writes what it had decided. Answers all records that were
 * added, the draft's last.
 */
export async function writeRecord(
  found: Pick<Case, 'id' | 'run'>,
  earlier: RecordRef[],
  draft: Draft,
  around: Stores,
): Promise<Written[]> {
  const added = await claimNumber(found, earlier, draft, around);
  await accountFor(
    added.map(({ predicate }) => predicate),
    around.register,
  );
  return added;
}

interface Stores {
  evidence: EvidenceStore;
  signer: Signer;
  register: Pick<Register, 'accountFor'>;
}

async function claimNumber(
  found: Pick<Case, 'id' | 'run'>,
  earlier: RecordRef[],
  draft: Draft,
  { evidence, signer }: Stores,
): Promise<Written[]> {
  const added: Written[] = [];
  for (;;) {
    const chain = [...earlier, ...added.map(({ ref }) => ref)];
    const predicate = predicateOf(found, chain, draft);
    const key = recordKey(found.id, predicate.number);
    const bytes = await seal(statementOf(predicate, draft.raws), signer);
    if ((await evidence.put(key, bytes)) === 'stored') return [...added, written(predicate, bytes)];
    const stored = await evidence.get(key);
    if (!stored) throw new RescindError('RECORD_CONFLICT', `${key} exists and cannot be read`);
    const standing = await readRecord(stored, found.id, predicate.number, signer);
    // The case has gone on: a record of this run after one of a later run would break the chain for good.
    if (standing.run > found.run)
      throw new RescindError('CASE_CHANGED', `${found.id} is at run ${standing.run}, not ${found.run}`);
    added.push(written(standing, stored));
    if (standing.step === draft.step && (standing.run === found.run || draft.step === 'open')) return added;
  }
}

function predicateOf(found: Pick<Case, 'id' | 'run'>, chain: RecordRef[], draft: Draft): RecordPredicate {
  return {
    caseId: found.id,
    run: found.run,
    number: chain.length + 1,
    step: draft.step,
    previous: chain.at(-1)?.sha256 ?? null,
    actor: draft.actor,
    occurredAt: draft.occurredAt,
    recordedAt: draft.recordedAt,
    facts: draft.facts,
    calls: draft.calls,
    ...((draft.step === 'close' || draft.closes) && { closes: chain }),
  };
}

const statementOf = (predicate: RecordPredicate, raws: string[]): Statement => ({
  _type: statementType,
  subject: raws.map((digest) => ({ name: rawPath(digest), digest: { sha256: digest } })),
  predicateType: `${predicatePrefix}${predicate.step}`,
  predicate,
});

/** KMS takes at most 4,096 bytes of message, so it is handed the digest, whatever the size of the record. */
async function seal(statement: Statement, signer: Signer): Promise<Uint8Array> {
  const body = Buffer.from(JSON.stringify(statement));
  const signature = await signer.sign(Buffer.from(sha256(pae(payloadType, body)), 'hex'));
  const envelope: Envelope = {
    payloadType,
    payload: body.toString('base64'),
    signatures: [{ keyid: await signer.keyid(), sig: Buffer.from(signature).toString('base64') }],
  };
  return Buffer.from(encodeEnvelope(envelope));
}

/**
 * A record of our own store, if our key has signed it for this place: whoever may only write to the bucket could have
 * put there what a step would take for its own. Throws RECORD_FORGED.
 */
export async function readRecord(
  bytes: Uint8Array,
  caseId: string,
  number: number,
  signer: Pick<Signer, 'keyid' | 'verify'>,
): Promise<RecordPredicate> {
  const forged = new RescindError('RECORD_FORGED', recordKey(caseId, number));
  try {
    const { payload, signatures } = JSON.parse(Buffer.from(bytes).toString('utf8')) as Envelope;
    const body = Buffer.from(payload, 'base64');
    const [signature] = signatures;
    if (signature?.keyid !== (await signer.keyid())) throw forged;
    if (!(await signer.verify(pae(payloadType, body), Buffer.from(signature.sig, 'base64')))) throw forged;
    const { predicate } = JSON.parse(body.toString('utf8')) as Statement;
    if (predicate.caseId !== caseId || predicate.number !== number) throw forged;
    return predicate;
  } catch (error) {
    throw error instanceof SyntaxError || error instanceof TypeError ? forged : error;
  }
}

const written = (predicate: RecordPredicate, bytes: Uint8Array): Written => ({
  predicate,
  ref: { number: predicate.number, step: predicate.step as RecordStep, sha256: sha256(bytes) },
});
