import { describe, expect, it } from 'vitest';
import { event, respond, type Seeded, seed } from './seed.ts';
import { alice as aliceCaller, createAccessKey, sessionOf, trailEnvelope } from './sources/cloudtrail-record.ts';
import { type Json, sessionKey, userKey } from './sources/guardduty-finding.ts';
import { eventAbout } from './sources/health-event.ts';

let records = 0;
/** Alice makes a key for herself, as whoever holds her first one does; CloudTrail tells it. */
function makesKey(made: Seeded, overrides: Json = {}) {
  records += 1;
  const key = made.aws.addKey(made.alice);
  const eventID = `66666666-7777-4888-8999-${String(records).padStart(12, '0')}`;
  const eventTime = made.clock.now().toISOString();
  return { key, told: trailEnvelope(createAccessKey({ eventID, eventTime, ...overrides }, { accessKeyId: key.id })) };
}
const day = 24 * 3_600_000;
const seenAt = (made: Seeded): Json => {
  const at = made.clock.now().toISOString();
  return { updatedAt: at, service: { serviceName: 'guardduty', archived: false, eventLastSeen: at } };
};
const byOther = { userIdentity: sessionOf('admin') };
const statuses = ({ alice }: Seeded) => alice.keys.map(({ status }) => status);

describe('a new key, told by CloudTrail', () => {
  it('opens no case where there is none, starts nothing, and leaves no evidence', async () => {
    const made = seed();
    const { told } = makesKey(made);
    expect(await made.deliver(told)).toMatchObject([{ outcome: 'heard' }]);
    expect([await made.cases(), made.evidence.objects.size, made.executions.size]).toEqual([[], 0, 0]);
  });

  it('joins the case that is parked over a second key, and is cut by its next run', async () => {
    const made = seed();
    const { key, told } = makesKey(made);
    const { found } = await respond(made);
    expect([found.stage, key.status]).toEqual(['parked', 'Active']);
    expect(await made.deliver(told)).toMatchObject([{ outcome: 'joined', caseId: found.id, run: 2 }]);
    await made.drain();
    expect(statuses(made)).toEqual(['Inactive', 'Inactive']);
    const now = await made.register.load(found.id);
    expect(now).toMatchObject({ signal: 'immediate', run: 2, attached: 2, taken: 2 });
    expect(now.facts.contain?.done.map(({ credential }) => credential)).toContain(`access-key/${key.id}`);
    expect(await made.verify(found.id)).toMatchObject({ ok: true });
  });

  it.each(['contain', 'triage', 'assign-owner', 'rotate', 'park'] as const)(
    'joins the case that runs, which goes back to contain before it ends (just before %s)',
    async (step) => {
      const made = seed();
      made.before[step] = () => made.deliver(told);
      const { key, told } = makesKey(made);
      const { found } = await respond(made);
      expect(key.status).toBe('Inactive');
      expect(found).toMatchObject({ run: 1, attached: 2, taken: 2 });
      expect(made.executions.size).toBe(1);
    },
  );

  it('is cut as well where it was told before the finding that opens the case', async () => {
    const made = seed();
    const { key, told } = makesKey(made);
    await made.deliver(told);
    made.clock.pass(15 * 60_000);
    const { found } = await respond(made);
    expect([found.attached, found.taken, statuses(made)]).toEqual([2, 2, ['Inactive', 'Inactive']]);
    expect(key.status).toBe('Inactive');
    expect(await made.verify(found.id)).toMatchObject({ ok: true });
  });

  it('is not counted against the user when it is older than the finding by more than six hours', async () => {
    const made = seed();
    const { key, told } = makesKey(made);
    await made.deliver(told);
    made.clock.pass(6 * 3_600_000 + 1000);
    const { found } = await respond(made);
    expect([found.attached, key.status]).toEqual([1, 'Active']);
  });

  it.each(Array.from({ length: 11 }, (_, n) => n + 1).flatMap((at) => [`before ${at}`, `after ${at}`]))(
    'is not lost when intake dies %s of its calls to the outside',
    async (crash) => {
      const [when, at] = crash.split(' ') as ['before' | 'after', string];
      const made = seed({ crash: { at: Number(at), when, kind: 'retried' } });
      const { key, told } = makesKey(made);
      await made.deliver(told);
      await made.deliver(event());
      expect(made.gate.passed.length).toBeGreaterThan(11);
      await made.drain();
      expect([key.status, (await made.cases())[0]?.attached]).toEqual(['Inactive', 2]);
    },
  );

  it('is taken once, however often it is told', async () => {
    const made = seed();
    const { told } = makesKey(made);
    await made.deliver(told);
    await made.deliver(told);
    const { found } = await respond(made);
    await made.deliver(told);
    await made.drain();
    expect((await made.register.load(found.id)).attached).toBe(2);
    expect(await made.cases()).toHaveLength(1);
  });

  it('that a colleague has made joins the case and is never cut', async () => {
    const made = seed();
    const { key, told } = makesKey(made, byOther);
    const { found } = await respond(made);
    await made.deliver(told);
    await made.drain();
    const now = await made.register.load(found.id);
    expect([now.attached, key.status]).toEqual([2, 'Active']);
    expect(now.identity.aliases).toContain(`access-key/${key.id}`);
  });

  it('raises no case that only asks: nothing is cut without the person', async () => {
    const made = seed();
    const { key, told } = makesKey(made);
    const { found } = await respond(made, event({}, { type: 'Persistence:IAMUser/AnomalousBehavior' }));
    await made.deliver(told);
    await made.drain();
    expect([key.status, (await made.register.load(found.id)).signal]).toEqual(['Active', 'blocking']);
  });

  it('long before the finding is its owner’s, however long a case has been parked', async () => {
    const made = seed({ secret: null });
    await respond(made, event({}, { type: 'Recon:IAMUser/UserPermissions' }));
    made.clock.pass(day);
    const { key, told } = makesKey(made);
    await made.deliver(told);
    await made.drain();
    made.clock.pass(45 * day);
    const { found } = await respond(made, event({}, seenAt(made)));
    expect([made.key.status, key.status, found.stage]).toEqual(['Inactive', 'Active', 'parked']);
    expect(found.facts.triage?.plan).toContainEqual(
      expect.objectContaining({ credential: `access-key/${key.id}`, answer: 'approval' }),
    );
  });

  it('that was cut is put to a person where somebody has switched it on again', async () => {
    const made = seed({ secret: null });
    const { key, told } = makesKey(made);
    await made.deliver(told);
    const { found } = await respond(made);
    expect([found.stage, key.status]).toEqual(['closed', 'Inactive']);
    key.status = 'Active';
    made.clock.pass(37 * 3_600_000);
    expect(await made.look(found.id)).toMatchObject({ outcome: 'reopens' });
    for (const message of made.sent) await made.control(message);
    await made.drain();
    expect([made.key.status, key.status, (await made.register.load(found.id)).stage]).toEqual([
      'Inactive',
      'Active',
      'parked',
    ]);
  });

  it('that is no key of the user by now is not cut in its name', async () => {
    const made = seed();
    const { key, told } = makesKey(made);
    made.alice.keys = made.alice.keys.filter(({ id }) => id !== key.id);
    made.aws.addKey(made.aws.addUser('bob'), key.id);
    await respond(made);
    await made.deliver(told);
    await made.drain();
    expect(made.aws.users.get('bob')?.keys[0]?.status).toBe('Active');
  });

  it('is no news to a drill, nor is a drill to a real case', async () => {
    const settings = { decoys: ['arn:aws:iam::111122223333:user/alice'] };
    for (const simulated of ['finding', 'key']) {
      const made = seed({ settings });
      const { told } = makesKey(made);
      const about = event();
      const drilled = simulated === 'finding' ? about : told;
      drilled.source = String(drilled.source).replace('aws.', 'rescind.simulated.');
      const { found } = await respond(made, about);
      expect(await made.deliver(told)).toMatchObject([{ outcome: 'heard' }]);
      expect((await made.register.load(found.id)).simulated).toBe(simulated === 'finding');
    }
  });

  it('joins a case once, though its type has been listed as immediate since it was heard', async () => {
    const made = seed();
    const { told } = makesKey(made);
    await made.deliver(told);
    made.deployment.settings.immediate.push('IAM:CreateAccessKey/BySelf');
    const taken = await made.deliver(event());
    expect(taken.map(({ outcome }) => outcome)).toEqual(['opened', 'joined']);
  });
});

describe('a new key that was told before AWS Health tells of another key alone', () => {
  it('is for a person, because the case learns only later whose both are', async () => {
    const made = seed({ secret: null });
    const { key, told } = makesKey(made, { userIdentity: { ...aliceCaller, accessKeyId: sessionKey } });
    await made.deliver(told);
    const { found } = await respond(made, eventAbout([userKey]));
    expect([made.key.status, key.status, found.stage]).toEqual(['Inactive', 'Active', 'parked']);
    expect(found.facts.park?.reason).toContain(`access-key/${key.id}`);
    expect(await made.verify(found.id)).toMatchObject({ ok: true });
  });
});
