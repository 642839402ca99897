import { describe, expect, it } from 'vitest';
import { memoryEvidence, memoryRegister, memorySigner } from '#adapters/memory';
import type { RecordRef } from '#core/case';
import { sha256 } from '#core/digest';
import { type Draft, recordKey, writeRecord } from '#core/run/record';
import { predicateOf } from '../../predicate-of.ts';

const at = '2026-08-20T10:00:00.000Z';
const draft = (step: Draft['step'], note = step as string): Draft => ({
  step,
  facts: { note } as never,
  calls: [],
  raws: ['a'.repeat(64)],
  occurredAt: at,
  recordedAt: at,
  actor: 'arn:aws:sts::111122223333:assumed-role/rescind/x',
});
const run = (number: number) => ({ id: 'c-0000000000000001', run: number });

function store() {
  const around = { evidence: memoryEvidence(), signer: memorySigner(), register: memoryRegister() };
  const write = async (earlier: RecordRef[], each: Draft, of = run(1)) =>
    (await writeRecord(of, earlier, each, around)).map(({ ref }) => ref);
  const stored = (number: number) => around.evidence.objects.get(recordKey(run(1).id, number)) ?? new Uint8Array();
  return { ...around, write, stored };
}

/** The second record of the same case, by somebody with a key of their own. */
async function strangersRecord(): Promise<Uint8Array> {
  const { write, stored } = store();
  await write(await write([], draft('open')), draft('contain'));
  return stored(2);
}

describe('writeRecord', () => {
  it('numbers densely from 1 and names the record before by its digest', async () => {
    const { write, stored } = store();
    const first = await write([], draft('open'));
    const second = await write(first, draft('contain'));
    expect(predicateOf(stored(2))).toMatchObject({ number: 2, previous: sha256(stored(1)) });
    expect([...first, ...second].map(({ number }) => number)).toEqual([1, 2]);
  });

  it('takes its own record of an attempt that died as written, and writes no second one', async () => {
    const { write, evidence } = store();
    const first = await write([], draft('open'));
    const lost = await write(first, draft('contain'));
    expect(await write(first, draft('contain', 'again'))).toEqual(lost);
    expect(evidence.objects.size).toBe(2);
  });

  it('takes a record of another run into the chain and goes one further', async () => {
    const { write, stored } = store();
    const first = await write([], draft('open'));
    const [lost] = await write(first, draft('contain'));
    const added = await write(first, draft('contain'), run(2));
    expect(added.map(({ number }) => number)).toEqual([2, 3]);
    expect(predicateOf(stored(3)).previous).toBe(lost?.sha256);
  });

  it('of a run that has lost its case writes nothing after a record of a later run', async () => {
    const { write, evidence } = store();
    const first = await write([], draft('open'));
    await write(first, draft('contain'), run(2));
    await expect(write(first, draft('close'))).rejects.toMatchObject({ code: 'CASE_CHANGED' });
    expect(evidence.objects.size).toBe(2);
  });

  it('lists the digests of all before it in a look, which leaves the case closed', async () => {
    const { write, stored } = store();
    const first = await write([], draft('open'));
    await write(first, { ...draft('look'), closes: true });
    expect(predicateOf(stored(2)).closes).toEqual(first);
  });

  it('opens a case once, whichever run wrote that record', async () => {
    const { write, evidence } = store();
    const first = await write([], draft('open'));
    await write(first, draft('contain'));
    expect(await write([], draft('open'), run(2))).toEqual(first);
    expect(evidence.objects.size).toBe(2);
  });

  it.each<[string, (genuine: Uint8Array) => Promise<Uint8Array>]>([
    ['signed by another key', strangersRecord],
    ['changed after it was signed', async (genuine) => Buffer.from(String(Buffer.from(genuine)).replace('eyJ', 'eyK'))],
    ['no envelope', async () => Buffer.from('{}')],
    ['no JSON', async () => Buffer.from('x')],
  ])('takes nothing from what stands in place of a record and is %s', async (_, forge) => {
    const { write, evidence, stored } = store();
    const first = await write([], draft('open'));
    await evidence.put(recordKey(run(1).id, 2), await forge(stored(1)));
    await expect(write(first, draft('contain'))).rejects.toMatchObject({ code: 'RECORD_FORGED' });
  });

  it('takes nothing from a genuine record of another place', async () => {
    const { write, evidence, stored } = store();
    const first = await write([], draft('open'));
    await evidence.put(recordKey(run(1).id, 2), stored(1));
    await expect(write(first, draft('contain'))).rejects.toMatchObject({ code: 'RECORD_FORGED' });
  });

  it('lists the digests of all others in the closing record', async () => {
    const { write, stored } = store();
    const first = await write([], draft('open'));
    await write(first, draft('close'));
    expect(predicateOf(stored(2)).closes).toEqual(first);
  });

  it('forks no chain when two write at once: one number, one record', async () => {
    const { write, stored } = store();
    const first = await write([], draft('open'));
    const both = await Promise.all([write(first, draft('contain'), run(1)), write(first, draft('park'), run(2))]);
    const numbers = both.map((added) => added.at(-1)?.number).toSorted();
    expect(numbers).toEqual([2, 3]);
    expect(predicateOf(stored(3)).previous).toBe(sha256(stored(2)));
  });

  it('names what exists and cannot be read', async () => {
    const { evidence, signer, register } = store();
    const blind = { ...evidence, put: async () => 'exists' as const, get: async () => null };
    await expect(writeRecord(run(1), [], draft('open'), { evidence: blind, signer, register })).rejects.toMatchObject({
      code: 'RECORD_CONFLICT',
    });
  });

  it('hands the signer a digest, whatever the size of the record', async () => {
    const { evidence, signer, register } = store();
    const digests: number[] = [];
    const counting = {
      ...signer,
      sign: (digest: Uint8Array) => {
        digests.push(digest.length);
        return signer.sign(digest);
      },
    };
    await writeRecord(run(1), [], draft('open', 'x'.repeat(100_000)), { evidence, signer: counting, register });
    expect(digests).toEqual([32]);
  });
});
