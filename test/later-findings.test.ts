import { describe, expect, it } from 'vitest';
import { event, respond, type Seeded, seed } from './seed.ts';
import { guarddutyFinding, type Json } from './sources/guardduty-finding.ts';
import { healthDetail, healthEvent } from './sources/health-event.ts';

const blocking = { type: 'Persistence:IAMUser/AnomalousBehavior', severity: 5 };
/** As GuardDuty tells a finding again whose activity went on until then. */
const seenAt = (ms: number): Json => {
  const at = new Date(ms).toISOString();
  return { updatedAt: at, service: { ...(guarddutyFinding().service as Json), eventLastSeen: at } };
};
const later = (made: Seeded, seconds = 60) => seenAt(made.clock.ms() + seconds * 1000);
const steps = ['contain', 'triage', 'assign-owner', 'rotate', 'revoke', 'verify', 'close'] as const;

describe('a finding that comes while its case runs', () => {
  it.each(steps)('is handled before the case is closed (just before %s)', async (step) => {
    const made = seed();
    made.before[step] = () => made.deliver(event());
    const { found, ended } = await respond(made);
    expect({ ended, stage: found.stage, cases: (await made.cases()).length }).toEqual({
      ended: 'SUCCEEDED',
      stage: 'closed',
      cases: 1,
    });
    expect([found.attached, found.taken, found.facts.close?.findings]).toEqual([2, 2, 2]);
    expect(made.executions.size).toBe(1);
    expect(await made.verify(found.id)).toMatchObject({ ok: true, closed: true });
  });

  it('raises the class of the case: what was only to be asked is cut', async () => {
    const made = seed();
    made.before['assign-owner'] = () => made.deliver(event());
    const { found } = await respond(made, event({}, blocking));
    expect({ stage: found.stage, signal: found.signal }).toEqual({ stage: 'closed', signal: 'immediate' });
    expect(made.key.status).toBe('Inactive');
  });

  it('has the sessions cut that were issued after the first cut-off', async () => {
    const made = seed();
    made.before.close = () => {
      made.clock.pass(120_000);
      return made.deliver(event());
    };
    const { found } = await respond(made);
    const cutoffs = made.recordsOf(found.id).flatMap(({ predicate }) => {
      const { cutoff } = predicate.facts as { cutoff?: string };
      return predicate.step === 'contain' && cutoff ? [Date.parse(cutoff)] : [];
    });
    expect(cutoffs).toHaveLength(2);
    expect((cutoffs[1] ?? 0) - (cutoffs[0] ?? 0)).toBeGreaterThanOrEqual(120_000);
  });

  it('names the replacement key: it is cut, and neither deleted as an orphan nor replaced without the owner', async () => {
    const made = seed();
    made.before.close = () => {
      const stolen = made.alice.keys.at(-1)?.id;
      return made.deliver(event({ accessKeyId: stolen }));
    };
    const { found } = await respond(made);
    expect(made.aws.deleted).toEqual([]);
    expect(found).toMatchObject({
      stage: 'parked',
      facts: { rotate: { blocked: { reason: expect.stringMatching(/two keys/) } } },
    });
    expect(made.alice.keys.map(({ status }) => status)).toEqual(['Inactive', 'Inactive']);
  });
});

describe('an exact duplicate', () => {
  it.each(steps)('starts nothing while the case runs (just before %s)', async (step) => {
    const about = event();
    const made = seed();
    made.before[step] = () => made.deliver(about);
    const { found } = await respond(made, about);
    expect([found.attached, made.executions.size]).toEqual([1, 1]);
    expect(made.recordsOf(found.id).filter(({ predicate }) => predicate.step === 'contain')).toHaveLength(1);
  });

  it('does nothing once the case is closed', async () => {
    const about = event();
    const made = seed();
    await respond(made, about);
    const calls = made.aws.calls.length;
    await made.deliver(about);
    expect([await made.drain(), made.aws.calls.length - calls, (await made.cases()).length]).toEqual([[], 0, 1]);
  });

  it('does nothing once the case is closed, also where it was not the first finding', async () => {
    const second = event();
    const made = seed();
    made.before.triage = () => made.deliver(second);
    await respond(made);
    await made.deliver(second);
    expect([await made.drain(), (await made.cases()).length]).toEqual([[], 1]);
  });

  it('does nothing while a later case of the same identity is open', async () => {
    const about = event();
    const made = seed();
    await respond(made, about);
    await made.deliver(event({}, blocking));
    expect(await made.deliver(about)).toMatchObject([{ outcome: 'repeated' }]);
    const [open] = (await made.cases()).filter(({ stage }) => stage === 'opened');
    expect(open?.attached).toBe(1);
  });
});

describe('a closed case', () => {
  it('is followed by a next one for a new finding of the same identity', async () => {
    const made = seed();
    const { found } = await respond(made);
    const next = await respond(made);
    expect(next.found.id).not.toBe(found.id);
    expect((await made.cases()).map(({ stage }) => stage)).toEqual(['closed', 'closed']);
  });

  it('goes on where its finding was seen again after the closing', async () => {
    const made = seed();
    const about = event({}, { id: 'seen-again' });
    const { found } = await respond(made, about);
    const again = await respond(made, event({}, { id: 'seen-again', ...later(made) }));
    expect(again.found).toMatchObject({ id: found.id, run: 2, stage: 'closed' });
    const records = made.recordsOf(found.id).map(({ predicate }) => `${predicate.run} ${predicate.step}`);
    expect(records.slice(7, 10)).toEqual(['1 close', '2 contain', '2 triage']);
  });

  it('goes on where AWS Health tells again of its key, which is active again', async () => {
    const made = seed({ secret: null, settings: { immediate: ['AWS_RISK_*'] } });
    const told = () => healthEvent(healthDetail({ lastUpdatedTime: made.clock.now().toUTCString() }));
    const { found } = await respond(made, told());
    made.clock.pass(72 * 3_600_000);
    made.key.status = 'Active';
    const again = await respond(made, told());
    expect(again.found).toMatchObject({ id: found.id, run: 2, stage: 'closed' });
    expect(made.key.status).toBe('Inactive');
  });

  it('goes on where what was refused is seen again, and keeps its deny: newer sessions are the rightful ones', async () => {
    const made = seed();
    const { found } = await respond(made, event({}, { id: 'refused' }));
    const deny = () => [...made.alice.policies.values()];
    const first = deny();
    const action = { actionType: 'AWS_API_CALL', awsApiCallAction: { api: 'PutItem', errorCode: 'AccessDenied' } };
    const { service, ...update } = later(made, 6 * 3600);
    const again = await respond(
      made,
      event({}, { id: 'refused', ...update, service: { ...(service as Json), action } }),
    );
    expect(again.found).toMatchObject({ id: found.id, run: 2, stage: 'closed' });
    expect(deny()).toEqual(first);
    await respond(made, event({}, { id: 'refused', ...later(made, 12 * 3600) }));
    expect(deny()).not.toEqual(first);
  });

  it.each([
    ['goes on where its finding was seen again between the cut and the closing', 'joined', 1],
    ['stays closed where its finding was seen again before the cut', 'repeated', -1],
  ])('%s, and told after it', async (_, outcome, ms) => {
    const made = seed();
    const { found } = await respond(made, event({}, { id: 'late-update' }));
    const cutAt = Date.parse(found.facts.contain?.cutAt ?? '');
    expect(cutAt + 1).toBeLessThan(Date.parse(found.closedAt ?? ''));
    const update = event({}, { id: 'late-update', ...seenAt(cutAt + ms) });
    expect(await made.deliver(update)).toMatchObject([{ outcome, caseId: found.id }]);
    await made.drain();
    expect(await made.deliver(update)).toMatchObject([{ outcome: 'repeated' }]);
    expect(await made.drain()).toEqual([]);
  });

  it('is not touched any more because its message could not be sent', async () => {
    const made = seed();
    const { notify } = made.topic;
    made.topic.notify = async (notice) => {
      if (notice.what === 'closed') throw Object.assign(new Error('denied'), { name: 'AuthorizationError' });
      await notify(notice);
    };
    const { found, ended } = await respond(made);
    expect({ ended, stage: found.stage }).toEqual({ ended: 'FAILED', stage: 'closed' });
    expect(await made.verify(found.id)).toMatchObject({ ok: true, closed: true });
  });
});

describe('an update of a finding that its case has', () => {
  const id = 'updated';
  const both = async (made: Seeded, first: Json = {}) => {
    const second = made.aws.addKey(made.alice);
    const update = event({ accessKeyId: second.id }, { id });
    return { second, update, about: event({}, { id, ...first }) };
  };

  it.each(steps)('has the second key that it names cut, while the case runs (just before %s)', async (step) => {
    const made = seed({ secret: null });
    const { second, update, about } = await both(made);
    made.before[step] = () => made.deliver(update);
    const { found } = await respond(made, about);
    expect([found.stage, found.attached, found.taken]).toEqual(['closed', 2, 2]);
    expect([made.key.status, second.status]).toEqual(['Inactive', 'Inactive']);
    expect(await made.verify(found.id)).toMatchObject({ ok: true, closed: true });
  });

  it('raises the class of a parked case, which is cut in its next run', async () => {
    const made = seed();
    const { found } = await respond(made, event({}, { ...blocking, id }));
    expect([found.stage, made.key.status]).toEqual(['parked', 'Active']);
    const next = await respond(made, event({}, { id }));
    expect(next.found).toMatchObject({ id: found.id, run: 2, stage: 'closed', signal: 'immediate' });
    expect(made.key.status).toBe('Inactive');
    expect(await made.verify(found.id)).toMatchObject({ ok: true, closed: true });
  });

  it('adds nothing, not even its bytes, where it only counts on', async () => {
    const made = seed();
    const { found } = await respond(made, event({}, { ...blocking, id }));
    const objects = made.evidence.objects.size;
    for (let count = 2; count < 9; count += 1) {
      const service = { ...(guarddutyFinding().service as Json), count };
      await made.deliver(event({}, { ...blocking, id, ...later(made, count), service, severity: 4 }));
    }
    expect([await made.drain(), made.evidence.objects.size]).toEqual([[], objects]);
    expect((await made.register.load(found.id)).attached).toBe(1);
  });
});

describe('a parked case', () => {
  const parked = async () => {
    const made = seed();
    const about = event({}, { ...blocking, id: 'parked-first' });
    const { found } = await respond(made, about);
    return { made, about, found };
  };

  it('starts nothing for the same finding, however often it is reported again', async () => {
    const { made, about } = await parked();
    for (let times = 0; times < 5; times += 1) {
      await made.deliver(about);
      await made.deliver(event({}, { ...blocking, id: 'parked-first', ...later(made, times) }));
    }
    expect([await made.drain(), made.executions.size]).toEqual([[], 1]);
  });

  it('starts nothing for an advisory one, which its next run takes', async () => {
    const { made, found } = await parked();
    expect(await made.deliver(event({}, { type: 'Recon:IAMUser/UserPermissions', severity: 2 }))).toMatchObject([
      { outcome: 'joined', caseId: found.id, run: 1 },
    ]);
    expect([await made.drain(), made.executions.size]).toEqual([[], 1]);
    const next = await respond(made);
    expect(next.found).toMatchObject({ run: 2, stage: 'closed', attached: 3, taken: 3 });
  });

  it('starts its next run for a new finding, with the chain carried on', async () => {
    const { made, found } = await parked();
    const next = await respond(made);
    expect(next.found).toMatchObject({ id: found.id, run: 2, stage: 'closed' });
    expect(await made.verify(found.id)).toMatchObject({ ok: true, closed: true });
  });

  it('takes a finding that comes while it is being parked into another round', async () => {
    const made = seed();
    made.before.park = () => made.deliver(event());
    const { found, ended } = await respond(made, event({}, blocking));
    expect({ ended, stage: found.stage, taken: found.taken }).toEqual({
      ended: 'SUCCEEDED',
      stage: 'closed',
      taken: 2,
    });
  });
});

describe('a case that is only noted', () => {
  const advisory = { type: 'Discovery:IAMUser/AnomalousBehavior', severity: 2 };
  const noted = async () => {
    const made = seed();
    await made.deliver(event({}, { ...advisory, id: 'noted-first' }));
    await made.deliver(event({}, { ...advisory, id: 'noted-second' }));
    await made.deliver(event({}, { ...advisory, id: 'noted-second' }));
    expect([await made.drain(), made.executions.size, made.topic.notices]).toEqual([[], 0, []]);
    const [found] = await made.cases();
    if (!found) throw new Error('nothing was noted');
    expect(found).toMatchObject({ stage: 'noted', run: 1, attached: 2, taken: 0 });
    return { made, found };
  };

  it('begins its first run for a finding that is more, which takes all of them', async () => {
    const { made, found } = await noted();
    made.deployment.settings.mode = 'enforce';
    const next = await respond(made);
    expect(next.found).toMatchObject({ id: found.id, run: 1, stage: 'closed', signal: 'immediate', taken: 3 });
    expect(made.key.status).toBe('Inactive');
    expect(await made.verify(found.id)).toMatchObject({ ok: true, closed: true });
  });

  it.each(Array.from({ length: 9 }, (_, n) => n + 1))(
    'begins it also where intake dies after call %d of its calls to the outside, and is called again',
    async (at) => {
      const made = seed({ crash: { at, when: 'after', kind: 'retried' } });
      await made.deliver(event({}, { ...advisory, id: 'noted' }));
      await made.deliver(event({}, { id: 'more' }));
      expect(made.gate.passed.length).toBeGreaterThanOrEqual(9);
      await made.drain();
      const [found] = await made.cases();
      expect(found).toMatchObject({ run: 1, stage: 'closed', attached: 2, taken: 2 });
      expect(made.executions.size).toBe(1);
    },
  );

  it('is closed by a retry, with nothing done', async () => {
    const { made, found } = await noted();
    await made.control({ control: 'retry', caseId: found.id });
    await made.drain();
    const { stage, run, facts } = await made.register.load(found.id);
    expect([stage, run, facts.close?.verdict]).toEqual(['closed', 1, 'no-action']);
  });
});
