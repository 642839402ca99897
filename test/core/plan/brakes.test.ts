import { describe, expect, it } from 'vitest';
import { memoryRegister } from '#adapters/memory';
import { brakesOf } from '#core/plan/brakes';
import { parseSettings } from '#core/settings';
import { event, respond, type SeedOptions, seed } from '../../seed.ts';
import { userId, userKey } from '../../sources/guardduty-finding.ts';

const stop = { stopped: true, by: 'arn:aws:iam::111122223333:user/olga', at: '2026-08-20T09:00:00Z', reason: 'forged' };
const resumed = { ...stop, stopped: false };

async function stopped(options: SeedOptions = {}) {
  const made = seed(options);
  await made.register.setStopSwitch(stop);
  return { made, ...(await respond(made)) };
}
/** The numbered user, with a key of its own, and a finding about it. */
function another(made: ReturnType<typeof seed>, n: number) {
  const name = `user-${n}`;
  const user = made.aws.addUser(name, {}, `${userId.slice(0, -2)}${String(n).padStart(2, '0')}`);
  const key = made.aws.addKey(user, `${userKey.slice(0, -2)}${String(n).padStart(2, '0')}`);
  return { user, key, about: event({ userName: name, principalId: user.uniqueId, accessKeyId: key.id }) };
}

describe('the stop switch', () => {
  it('leaves everything as it is, and parks the case with who stopped, when and why', async () => {
    const { made, found } = await stopped();
    expect(made.aws.writes()).toEqual([]);
    expect(found).toMatchObject({
      stage: 'parked',
      facts: {
        park: {
          reason: `the stop switch is on since ${stop.at}, set by ${stop.by}: forged`,
          needs: expect.stringContaining('rescind resume'),
        },
      },
    });
  });

  it('makes policy say that a person decides', async () => {
    const { found } = await stopped();
    const plan = found.facts.triage?.plan ?? [];
    expect(plan.length).toBeGreaterThan(0);
    for (const { answer, reason } of plan) {
      expect(answer).toBe('approval');
      expect(reason).toContain('a-brake-leaves-every-change-to-a-person');
    }
  });

  it('stamps no cut-off, so that the retry cuts the sessions that were issued meanwhile', async () => {
    const { found } = await stopped();
    expect(found.work.cutoff).toBeUndefined();
  });

  it('lets the retry of the case go its whole way once it is off', async () => {
    const { made, found } = await stopped();
    await made.register.setStopSwitch(resumed);
    await made.control({ control: 'retry', caseId: found.id });
    expect(await made.drain()).toEqual(['SUCCEEDED']);
    expect(await made.register.load(found.id)).toMatchObject({ stage: 'closed', run: 2 });
    expect(made.key.status).toBe('Inactive');
  });

  it('is asked again before each secret is rotated', async () => {
    const made = seed();
    made.before.rotate = () => made.register.setStopSwitch(stop);
    const { found } = await respond(made);
    expect(found).toMatchObject({ stage: 'parked', facts: { park: { reason: expect.stringContaining('forged') } } });
    expect(made.aws.writes().map(({ by }) => by)).not.toContain('rotate');
  });

  it('keeps revoke from a second cut, and verification says that the key is on', async () => {
    const made = seed();
    made.before.revoke = async () => {
      made.key.status = 'Active';
      await made.register.setStopSwitch(stop);
    };
    const { found } = await respond(made);
    expect(made.key.status).toBe('Active');
    expect(found.facts.revoke?.keys[0]).toMatchObject({ status: 'Active', note: expect.stringContaining('forged') });
    expect(found.stage).toBe('parked');
  });

  it('does not park what observe would only write down', async () => {
    const { found } = await stopped({ settings: { mode: 'observe' } });
    expect(found.stage).toBe('closed');
  });

  it('counts nothing against the limit while it is on', async () => {
    const { made } = await stopped({ settings: { cutsPerHour: 1 } });
    await made.register.setStopSwitch(resumed);
    const { about, key } = another(made, 1);
    await made.deliver(about);
    await made.drain();
    expect(key.status).toBe('Inactive');
  });
});

describe('the limit of cuts per hour', () => {
  it('cuts as many identities as it says and asks about the next', async () => {
    const made = seed({ settings: { cutsPerHour: 2 } });
    const others = [1, 2, 3, 4].map((n) => another(made, n));
    for (const { about } of others) await made.deliver(about);
    await made.drain();
    expect(others.map(({ key }) => key.status)).toEqual(['Inactive', 'Inactive', 'Active', 'Active']);
    const parked = (await made.cases()).filter(({ stage }) => stage === 'parked');
    expect(parked).toHaveLength(2);
    for (const { facts } of parked)
      expect(facts.park).toMatchObject({ reason: expect.stringContaining('2 runs'), needs: /retry/ });
    for (const { user } of others.slice(2)) expect(user.policies.size).toBe(0);
  });

  it('lets a retry through in a later hour', async () => {
    const made = seed({ settings: { cutsPerHour: 1 } });
    const { about, key } = another(made, 1);
    await respond(made);
    await made.deliver(about);
    await made.drain();
    expect(key.status).toBe('Active');
    made.clock.pass(3_600_000);
    const parked = (await made.cases()).find(({ stage }) => stage === 'parked');
    await made.control({ control: 'retry', caseId: parked?.id });
    await made.drain();
    expect(key.status).toBe('Inactive');
  });

  it('counts a run once, however often it is tried', async () => {
    for (let at = 1; at <= 14; at += 1) {
      const made = seed({ settings: { cutsPerHour: 1 }, crash: { at: at + 5, when: 'after', kind: 'retried' } });
      const { found } = await respond(made);
      expect(found.stage, `a crash at ${at + 5}`).toBe('closed');
    }
  });

  it('counts only what changes something', async () => {
    const made = seed({ settings: { cutsPerHour: 1 } });
    await respond(made, event({}, { type: 'Persistence:IAMUser/AnomalousBehavior' }));
    const { about, key } = another(made, 1);
    await made.deliver(about);
    await made.drain();
    expect(key.status).toBe('Inactive');
  });

  it('goes by the hour of the clock', async () => {
    const register = memoryRegister();
    const deployment = {
      account: '',
      region: '',
      settings: parseSettings({ cutsPerHour: 1 }),
      policies: { text: '', schema: '', sha256: '' },
    };
    const at = (time: string, run: number) =>
      brakesOf({ id: 'c-0000000000000001', run, simulated: false }, register, {
        now: () => new Date(time),
        deployment,
      }).countCut();
    expect(await at('2026-08-20T10:59:59Z', 1)).toBeNull();
    expect(await at('2026-08-20T10:59:59Z', 1)).toBeNull();
    expect(await at('2026-08-20T10:59:59Z', 2)).toMatchObject({ is: 'limit' });
    expect(await at('2026-08-20T11:00:00Z', 2)).toBeNull();
  });

  it('counts runs on simulated findings apart: whoever may simulate cannot use the limit up', async () => {
    const register = memoryRegister();
    const settings = parseSettings({ cutsPerHour: 1 });
    const deployment = { account: '', region: '', settings, policies: { text: '', schema: '', sha256: '' } };
    const now = () => new Date('2026-08-20T10:00:00Z');
    const run = (id: string, simulated: boolean) =>
      brakesOf({ id, run: 1, simulated }, register, { now, deployment }).countCut();
    expect(await run('c-0000000000000001', true)).toBeNull();
    expect(await run('c-0000000000000002', true)).toMatchObject({ is: 'limit' });
    expect(await run('c-0000000000000003', false)).toBeNull();
  });
});
