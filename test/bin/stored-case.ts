import { memoryEvidence, memoryRegister, memorySigner } from '#adapters/memory';
import type { Case, RecordRef } from '#core/case';
import { sha256 } from '#core/digest';
import { RescindError } from '#core/error';
import type { StopSwitch } from '#core/register';
import { type Draft, writeRecord } from '#core/run/record';
import { rawKey } from '#core/run/stored-findings';
import { nothingTold, toldAfter } from '#core/run/told';
import type { Facts } from '#core/step-facts';
import type { Statement } from '#verifier/format';
import { closedCase } from '../core/report/sample-cases.ts';
import { account, caseId } from '../core/report/sample-identity.ts';

const finding = Buffer.from('{"detail":{"id":"5ac1b7e2f0d94e6c8b3a"}}');

/** A deployment in memory that holds one sample case: signed records in the bucket, its row in the register. */
export async function storedCase(statements: Statement[] = closedCase()) {
  const evidence = memoryEvidence();
  const signer = memorySigner();
  const around = { evidence, signer, register: memoryRegister() };
  const raw = sha256(finding);
  await evidence.put(rawKey(raw), finding);
  const records: RecordRef[] = [];
  const facts: Facts = {};
  let told = nothingTold;
  for (const { predicate } of statements) {
    const draft = { ...predicate, raws: [raw] } as unknown as Draft;
    const written = await writeRecord({ id: caseId, run: predicate.run }, records, draft, around);
    records.push(...written.map(({ ref }) => ref));
    told = toldAfter(told, predicate);
    Object.assign(facts, { [predicate.step]: predicate.facts });
  }
  const stage =
    { close: 'closed', look: 'closed', park: 'parked' }[statements.at(-1)?.predicate.step ?? ''] ?? 'contained';
  const found = {
    id: caseId,
    identity: facts.open?.identity,
    account,
    region: 'eu-central-1',
    simulated: false,
    signal: 'immediate',
    mode: 'enforce',
    stage,
    run: 1,
    openedAt: statements[0]?.predicate.occurredAt,
    attached: 1,
    taken: 1,
    records,
    ...told,
    facts,
  } as unknown as Case;
  const register = {
    async load(id: string) {
      if (id !== caseId) throw new RescindError('CASE_UNKNOWN', id);
      return found;
    },
    list: async (limit: number) => [found].slice(0, limit),
    findings: async () => [],
    cutsIn: async () => 0,
    stopSwitch: async (): Promise<StopSwitch | null> => null,
    setStopSwitch: async (_to: StopSwitch) => undefined,
  };
  const signerKey = `arn:aws:kms:eu-central-1:${account}:key/0000`;
  return { register, evidence, signer, signerKey, found, raw };
}

/** What a command printed, line by line, through the real terminal if asked. */
export function printed() {
  const out: string[] = [];
  const err: string[] = [];
  return { out, err, io: { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line) } };
}
