import { describe, expect, it } from 'vitest';
import { awsError } from '../fake-aws.ts';
import { respond, seed } from '../seed.ts';

const name = (id: string, run = 1) => `rescind-look-${id}-${run}`;

describe('closing a case that has cut something', () => {
  it('has it looked at again, once, when the longest session must have ended', async () => {
    const made = seed();
    const { found } = await respond(made);
    const { cutoff, cutAt } = found.facts.contain ?? {};
    const from = Math.max(Date.parse(cutoff ?? ''), Date.parse(cutAt ?? '')) + 36 * 3_600_000;
    const at = `${new Date(Math.ceil((from + 2000) / 1000) * 1000).toISOString().slice(0, 19)}Z`;
    expect([...made.aws.schedules]).toEqual([
      [name(found.id), { at, input: JSON.stringify({ caseId: found.id, run: 1 }) }],
    ]);
    expect(found.facts.close?.lookAt).toBe(at);
  });

  it('finds the schedule that an attempt before has made', async () => {
    const made = seed();
    made.aws.fail('scheduler:CreateSchedule', 1, { error: awsError('InternalServerException', 'x', 500), after: true });
    const { found } = await respond(made);
    expect(found.stage).toBe('closed');
    expect([...made.aws.schedules.keys()]).toEqual([name(found.id)]);
  });

  it('does not close it where no schedule can be made', async () => {
    const made = seed();
    made.aws.fail('scheduler:CreateSchedule', 99, { error: awsError('AccessDeniedException', 'no', 403) });
    expect((await respond(made)).found.stage).toBe('parked');
  });

  it('has it looked at soon where that time is over already', async () => {
    const made = seed({ settings: { longestSessionSeconds: 1, cutoffLeadSeconds: 0 } });
    made.before.close = () => made.clock.pass(3_600_000);
    const { found } = await respond(made);
    const inMs = Date.parse(found.facts.close?.lookAt ?? '') - Date.parse(found.closedAt ?? '');
    expect(inMs).toBeGreaterThan(5_000);
    expect(inMs).toBeLessThanOrEqual(11_000);
  });

  it('has it looked at on time also where the cut needed its time, and a clock is a little behind', async () => {
    const made = seed();
    const put = made.aws.operations['iam:PutUserPolicy'] as (input: never) => Promise<unknown>;
    let left = 4;
    const slow = async (input: never) => {
      if (left > 0) {
        left -= 1;
        made.clock.pass(6_100);
        throw awsError('TimeoutError', 'request timed out', 503);
      }
      return put(input);
    };
    Object.assign(made.aws.operations, { 'iam:PutUserPolicy': slow });
    const { found } = await respond(made);
    const [schedule] = [...made.aws.schedules.values()];
    made.alice.policies.clear();
    made.clock.pass(Date.parse(schedule?.at ?? '') + 100 - made.clock.ms());
    expect((await made.look(found.id)).outcome).toBe('reopens');
  });

  it('has a call that comes a few seconds early tried again', async () => {
    const made = seed();
    const { found } = await respond(made);
    made.clock.pass(Date.parse(found.facts.close?.lookAt ?? '') - 6_000 - made.clock.ms());
    await expect(made.look(found.id)).rejects.toMatchObject({ name: 'Retryable' });
  });

  it('asks for a look of its own in every run', async () => {
    const made = seed();
    const { found } = await respond(made);
    await made.control({ control: 'reopen', caseId: found.id, reason: 'x' });
    await made.drain();
    expect([...made.aws.schedules.keys()]).toEqual([name(found.id, 1), name(found.id, 2)]);
  });
});

describe('closing a case that has cut nothing', () => {
  it('asks for no look', async () => {
    const made = seed({ settings: { mode: 'observe' } });
    const { found } = await respond(made);
    expect(found.facts.close?.lookAt).toBeNull();
    expect(made.aws.schedules.size).toBe(0);
  });
});
