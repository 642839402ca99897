import { describe, expect, it } from 'vitest';
import type { StepName } from '#core/pipeline';
import { event, respond, type Seeded, seed } from './seed.ts';
import type { Json } from './sources/guardduty-finding.ts';

describe('a run that was stopped by hand', () => {
  it.each([1, 2, 3, 4, 5, 6])('is followed by a next one, whose chain holds (after %i records)', async (records) => {
    const made = seed();
    await made.deliver(event());
    const { put } = made.evidence;
    let stored = 0;
    made.evidence.put = async (key, bytes) => {
      const outcome = await put(key, bytes);
      stored += key.startsWith('cases/') ? 1 : 0;
      if (stored >= records) throw Object.assign(new Error('stopped'), { name: 'Stopped' });
      return outcome;
    };
    await made.drain();
    made.evidence.put = put;
    const { found } = await respond(made);
    expect(['closed', 'parked']).toContain(found.stage);
    expect(found.run).toBe(2);
    expect(made.recordsOf(found.id).filter(({ predicate }) => predicate.step === 'open')).toHaveLength(1);
    expect(await made.verify(found.id)).toMatchObject({ ok: true });
  });
});

describe('a record that a run of before has written and never reported', () => {
  it('stands in the chain, and says nothing of what the next run has found', async () => {
    const made = seed();
    await made.deliver(event());
    const { put } = made.evidence;
    made.evidence.put = async (key, bytes) => {
      const outcome = await put(key, bytes);
      if (key.endsWith('0004.dsse.json')) throw Object.assign(new Error('stopped'), { name: 'Stopped' });
      return outcome;
    };
    await made.drain();
    made.evidence.put = put;
    made.deployment.settings.mode = 'observe';
    let seen: unknown = 'never looked';
    made.before.triage = async () => {
      const [found] = await made.cases();
      seen = found?.facts['assign-owner'];
    };
    const { found } = await respond(made);
    const steps = made.recordsOf(found.id).map(({ predicate }) => `${predicate.run} ${predicate.step}`);
    expect(steps.slice(3, 5)).toEqual(['1 assign-owner', '2 contain']);
    expect(seen).toBeUndefined();
  });
});

describe('stored bytes that somebody has changed', () => {
  const tampered = async (change: (body: Json) => void) => {
    const made = seed();
    const about = event();
    await made.deliver(about);
    const [key] = made.evidence.objects.keys();
    change(about);
    made.evidence.objects.set(key ?? '', Buffer.from(JSON.stringify(about)));
    const [ended] = await made.drain();
    const [found] = await made.cases();
    return { made, ended, found };
  };

  it('stop the run before any change, and the case is parked for an operator', async () => {
    const { made, ended, found } = await tampered((about) => {
      about.region = 'us-east-1';
    });
    expect({ ended, stage: found?.stage, error: found?.facts.park?.error?.name }).toEqual({
      ended: 'FAILED',
      stage: 'parked',
      error: 'RAW_CHANGED',
    });
    expect(made.aws.calls).toEqual([]);
  });

  it('make the pack of the case one that the verifier refuses', async () => {
    const { made, found } = await tampered((about) => {
      about.region = 'us-east-1';
    });
    expect(await made.verify(found?.id ?? '')).toMatchObject({ ok: false });
  });
});

describe('settings that change while a case is open', () => {
  const changing = async (step: StepName, from: string, to: string, options = {}) => {
    const made = seed({ settings: { mode: from }, ...options });
    made.before[step] = () => {
      made.deployment.settings.mode = to as 'observe';
    };
    return { made, ...(await respond(made)) };
  };

  it('to observe before anything was cut: the case is observed, not contained', async () => {
    const { made, found } = await changing('contain', 'enforce', 'observe');
    expect([found.facts.close?.verdict, made.aws.writes().length]).toEqual(['observed', 0]);
  });

  it('to observe after the cut: the case says what was done, and no more is', async () => {
    const { made, found } = await changing('triage', 'enforce', 'observe');
    expect(found.facts.close?.verdict).toBe('contained-not-proven');
    expect(made.aws.writes().map(({ by }) => by)).toEqual(['contain', 'contain']);
  });

  it('to enforce after the moment of the cut: nobody calls contained what nobody has cut', async () => {
    const { made, found } = await changing('triage', 'observe', 'enforce', { secret: null });
    expect([found.stage, made.aws.writes().length]).toEqual(['parked', 0]);
  });
});

describe('a deployment that allows less while a case runs', () => {
  it.each(['observe', 'guarded'] as const)('to %s, makes no key: the case is left to a person', async (mode) => {
    const made = seed();
    made.before.rotate = () => {
      made.deployment.settings.mode = mode;
    };
    const { found } = await respond(made);
    expect([found.stage, made.alice.keys.length]).toEqual(['parked', 1]);
    expect(found.facts.park?.reason).toContain(`the deployment is in mode ${mode} by now`);
  });

  it.each<[string, (made: Seeded) => void]>([
    ['to observe', ({ deployment }) => (deployment.settings.mode = 'observe')],
    ['that protects the user', ({ deployment, alice }) => deployment.settings.protected.push(alice.arn)],
  ])('%s, cuts no key a second time', async (_, change) => {
    const made = seed({ secret: null });
    made.before.revoke = () => {
      change(made);
      made.key.status = 'Active';
    };
    const { found } = await respond(made);
    expect([found.stage, made.key.status]).toEqual(['parked', 'Active']);
    expect(found.facts.revoke?.keys[0]?.note).toMatch(/is left so: .* by now$/);
  });
});
