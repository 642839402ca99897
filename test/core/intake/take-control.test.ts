import { describe, expect, it } from 'vitest';
import { event, respond, seed } from '../../seed.ts';

const asks = { type: 'Persistence:IAMUser/AnomalousBehavior' };
async function parked() {
  const made = seed();
  const { found } = await respond(made, event({}, asks));
  expect(found.stage).toBe('parked');
  return { made, id: found.id, retry: { control: 'retry', caseId: found.id, run: 1 } };
}
async function closed() {
  const made = seed();
  const { found } = await respond(made);
  expect(found.stage).toBe('closed');
  return { made, id: found.id, reopen: { control: 'reopen', caseId: found.id, run: 1, reason: 'the deny is gone' } };
}

describe('a message of the control queue', () => {
  it.each([
    ['no JSON', '{'],
    ['a finding', JSON.stringify(event())],
    ['another control', '{"control":"close","caseId":"c-0123456789abcdef"}'],
    ['a case id that is none', '{"control":"retry","caseId":"c-1","run":1}'],
    ['a retry of no run', '{"control":"retry","caseId":"c-0123456789abcdef"}'],
    ['a member more', '{"control":"retry","caseId":"c-0123456789abcdef","run":1,"signal":"immediate"}'],
    ['a list', '[{"control":"retry","caseId":"c-0123456789abcdef","run":1}]'],
    ['a reopening without a reason', '{"control":"reopen","caseId":"c-0123456789abcdef","run":1}'],
  ])('is refused where it is %s', async (_, body) => {
    await expect(seed().control(body)).rejects.toMatchObject({ name: 'CONTROL_INVALID' });
  });

  it('about a case that nobody knows is refused', async () => {
    const unknown = { control: 'retry', caseId: 'c-0123456789abcdef', run: 1 };
    await expect(seed().control(unknown)).rejects.toMatchObject({ code: 'CASE_UNKNOWN' });
  });

  it('means nothing on the intake queue', async () => {
    const { made, retry } = await parked();
    expect(await made.receive(retry)).toMatchObject([{ outcome: 'ignored' }]);
    expect((await made.cases()).map(({ run }) => run)).toEqual([1]);
  });
});

describe('a retry', () => {
  it('starts the next run of a parked case', async () => {
    const { made, id, retry } = await parked();
    expect(await made.control(retry)).toMatchObject({ outcome: 'reopened', run: 2 });
    expect(made.executions.get(`${id}-2`)).toBe('RUNNING');
  });

  it('sent twice starts one run', async () => {
    const { made, id, retry } = await parked();
    await made.control(retry);
    expect(await made.control(retry)).toMatchObject({ outcome: 'running', run: 2 });
    expect([...made.executions.keys()]).toEqual([`${id}-1`, `${id}-2`]);
  });

  it('that comes once more when its run is over starts no other', async () => {
    const { made, retry } = await parked();
    await made.control(retry);
    await made.drain();
    expect(await made.control(retry)).toMatchObject({ outcome: 'gone-on', run: 2 });
    expect(made.executions.size).toBe(2);
  });

  it('that died between the register and the machine is done by its next delivery', async () => {
    const { made, id, retry } = await parked();
    await made.register.reopen(id, 'enforce', { control: 'retry', run: 1 });
    expect(await made.control(retry)).toMatchObject({ run: 2 });
    expect(made.executions.get(`${id}-2`)).toBe('RUNNING');
  });

  it('leaves a closed case closed', async () => {
    const { made, id } = await closed();
    expect(await made.control({ control: 'retry', caseId: id })).toMatchObject({ outcome: 'closed' });
    expect(await made.register.load(id)).toMatchObject({ stage: 'closed', run: 1 });
  });

  it('leaves a run alone that goes on', async () => {
    const made = seed();
    const [taken] = await made.deliver(event());
    const caseId = taken && 'caseId' in taken ? taken.caseId : '';
    expect(await made.control({ control: 'retry', caseId })).toMatchObject({ outcome: 'running', run: 1 });
    expect([...made.executions.keys()]).toEqual([`${caseId}-1`]);
  });

  it('takes up a case whose execution somebody has stopped', async () => {
    const made = seed();
    const [taken] = await made.deliver(event());
    const caseId = taken && 'caseId' in taken ? taken.caseId : '';
    made.executions.set(`${caseId}-1`, 'FAILED');
    expect(await made.control({ control: 'retry', caseId })).toMatchObject({ outcome: 'reopened', run: 2 });
  });

  it('may come while the case is being parked: then it stays in the queue', async () => {
    const made = seed();
    let failure: unknown;
    let id = '';
    made.before.park = async () => {
      const [found] = await made.cases();
      id = found?.id ?? '';
      await made.register.update(found as never, { closing: true });
      failure = await made.control({ control: 'retry', caseId: id }).catch((error: unknown) => error);
    };
    await respond(made, event({}, asks)).catch(() => undefined);
    expect(failure).toMatchObject({ name: 'Retryable' });
  });
});

describe('a reopening', () => {
  it('starts the next run of a closed case, and later findings join it', async () => {
    const { made, id, reopen } = await closed();
    expect(await made.control(reopen)).toMatchObject({ outcome: 'reopened', run: 2, caseId: id });
    expect(await made.deliver(event())).toMatchObject([{ outcome: 'joined', caseId: id }]);
    expect((await made.drain()).at(-1)).toBe('SUCCEEDED');
    expect(await made.verify(id)).toMatchObject({ ok: true });
  });

  it('starts the next run also where another case of the identity is open, and leaves that one its names', async () => {
    const { made, id, reopen } = await closed();
    const [taken] = await made.deliver(event());
    const other = taken && 'caseId' in taken ? taken.caseId : '';
    expect(other).not.toBe(id);
    expect(await made.control(reopen)).toMatchObject({ outcome: 'reopened', run: 2, caseId: id });
    expect(await made.deliver(event())).toMatchObject([{ outcome: 'joined', caseId: other }]);
    await made.drain();
    expect((await made.cases()).map(({ stage }) => stage)).toEqual(['closed', 'closed']);
  });
});
