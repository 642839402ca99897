import { describe, expect, it } from 'vitest';
import { runStep, type Surroundings } from '#core/run/run-step';
import type { Outcome, Step } from '#core/steps/step';
import { event, respond, seed } from '../../seed.ts';

/** A case whose finding has been taken in, and a step that does as it is told. */
async function world(run: Step<'contain'>['run'], overrides: Partial<Surroundings> = {}) {
  const made = seed();
  await made.deliver(event());
  const [found] = await made.cases();
  if (!found) throw new Error('no case');
  const step: Step<'contain'> = { name: 'contain', permissions: [], run };
  const around: Surroundings = {
    register: made.register,
    evidence: made.evidence,
    signer: { keyid: async () => 'k', sign: async () => new Uint8Array(8), verify: async () => true },
    notify: made.topic.notify,
    actor: async () => 'arn:actor',
    takeCalls: () => [],
    guard: () => undefined,
    ports: {
      aws: async () => ({}),
      decide: () => ({ answer: 'approval', policies: [], reason: '' }),
      probe: made.aws.probe,
      trail: made.aws.trail.trail,
      now: made.clock.now,
      wait: made.clock.wait,
      deployment: made.deployment,
    },
    ...overrides,
  };
  return { ...made, id: found.id, go: (run = 1) => runStep(step, { caseId: found.id, run }, around) };
}
const facts = { plan: [], done: [], cutoff: null, user: null, reason: 'r' };
const outcome: Outcome<'contain'> = { stage: 'contained', next: 'triage', facts };

describe('runStep', () => {
  it('answers where the case goes, and nothing of the case', async () => {
    const { go, id } = await world(async () => outcome);
    expect(await go()).toEqual({ caseId: id, run: 1, next: 'triage' });
  });

  it('writes the record before the register says that the step was done', async () => {
    const { go, evidence, register, id } = await world(async () => outcome);
    evidence.put = async () => {
      throw new Error('no space');
    };
    await expect(go()).rejects.toThrow('no space');
    expect(await register.load(id)).toMatchObject({ stage: 'opened', records: [], last: null });
  });

  it('refuses a run that is not the one of the case', async () => {
    const { go } = await world(async () => outcome);
    await expect(go(2)).rejects.toMatchObject({ code: 'CASE_CHANGED' });
  });

  it('applies the rule once, however often it is called', async () => {
    let times = 0;
    const { go } = await world(async () => {
      times += 1;
      return outcome;
    });
    const answers = [await go(), await go(), await go()];
    expect([times, new Set(answers.map(({ next }) => next)).size]).toEqual([1, 1]);
  });

  it('records what the first attempt decided, also where the world has changed since', async () => {
    let times = 0;
    const made = await world(async () => {
      times += 1;
      return { ...outcome, facts: { ...facts, reason: `attempt ${times}` } };
    });
    const { put } = made.evidence;
    made.evidence.put = async () => {
      throw new Error('no space');
    };
    await expect(made.go()).rejects.toThrow();
    made.evidence.put = put;
    await made.go();
    expect(made.recordsOf(made.id).at(-1)?.predicate.facts).toMatchObject({ reason: 'attempt 1' });
  });

  it('tells its notices again where it died before it had told them', async () => {
    const notice = { what: 'cut' as const, caseId: 'c', summary: {} };
    let broken = true;
    const told: string[] = [];
    const made = await world(async () => ({ ...outcome, notices: [notice] }), {
      notify: async ({ what }) => {
        if (broken) throw new Error('down');
        told.push(what);
      },
    });
    await expect(made.go()).rejects.toThrow('down');
    broken = false;
    await made.go();
    expect(told).toEqual(['cut']);
  });

  it('signs nothing that holds a secret value', async () => {
    const { go, evidence } = await world(async () => outcome, {
      guard: (text) => {
        if (text.includes('"reason":"r"')) throw new Error('secret');
      },
    });
    await expect(go()).rejects.toThrow('secret');
    expect([...evidence.objects.keys()].filter((key) => key.startsWith('cases/'))).toEqual([]);
  });

  it('believes the stored bytes, not what the register says of the identity', async () => {
    let seen = '';
    const { go, register, id } = await world(async ({ found }) => {
      seen = `${found.identity.name} ${found.account}`;
      return outcome;
    });
    const found = await register.load(id);
    await register.update(found, { identity: { ...found.identity, name: 'mallory' }, account: '999988887777' });
    await go();
    expect(seen).toBe('alice 111122223333');
  });

  it('keeps what a failed attempt asked of AWS for the next record', async () => {
    const call = { at: '2026-08-20T10:00:00.000Z', operation: 'iam:GetUser', asked: {} };
    let fails = true;
    const made = await world(
      async () => {
        if (fails) throw new Error('fell over');
        return outcome;
      },
      { takeCalls: () => (fails ? [call] : []) },
    );
    await expect(made.go()).rejects.toThrow('fell over');
    fails = false;
    await made.go();
    expect(made.recordsOf(made.id).at(-1)?.predicate.calls).toEqual([call]);
    expect((await made.register.load(made.id)).work.calls).toBeUndefined();
  });

  it('takes up to fifty findings of a flood, the first and the newest, and still cuts', async () => {
    const made = seed();
    await made.deliver(event());
    for (let each = 0; each < 60; each += 1) await made.deliver(event());
    const { found } = await respond(made);
    expect([found.stage, found.taken, made.key.status]).toEqual(['closed', 62, 'Inactive']);
    expect(found.facts.open?.findings).toHaveLength(50);
  });
});
