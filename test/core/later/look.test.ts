import { describe, expect, it } from 'vitest';
import { world } from '../../case-run.ts';
import type { CrashPlan } from '../../crash-gate.ts';
import { awsError } from '../../fake-aws.ts';
import { trailRecord } from '../../fake-trail.ts';
import { event, respond, type Seeded, seed } from '../../seed.ts';
import { roleId, roleKey, userId, userKey } from '../../sources/guardduty-finding.ts';

const hours = 3_600_000;
const trail = { bucket: 'trail-of-ours' };
const key = (made: Seeded) => `access-key/${made.key.id}`;
const sessions = 'user-sessions/111122223333/alice';

/** A closed case, 37 hours later. */
async function closed(options: Parameters<typeof seed>[0] = {}) {
  const made = seed(options);
  const { found } = await respond(made);
  made.clock.pass(37 * hours);
  return { ...made, found, id: found.id, now: () => made.register.load(found.id) };
}
/** Refused calls of a session of before the cut, and what else the trail holds. */
function fillTrail(
  made: Seeded & { found: { facts: { contain?: { cutAt?: string | undefined } } } },
  ...more: object[]
) {
  const cutAt = Date.parse(made.found.facts.contain?.cutAt ?? '');
  const session = {
    type: 'IAMUser',
    principalId: userId,
    accessKeyId: 'ASIA1111222233334444',
    sessionContext: { attributes: { creationDate: new Date(cutAt - hours).toISOString() } },
  };
  const refused = trailRecord(cutAt + 60_000, session, {
    errorCode: 'AccessDenied',
    errorMessage: 'x is not authorized to perform: y with an explicit deny in an identity-based policy',
  });
  const served = trailRecord(cutAt + hours, session);
  made.aws.trail.deliver(cutAt + 2 * hours, [refused, ...more]);
  made.aws.trail.deliver(made.clock.ms() - 60_000, []);
  return { served };
}

describe('the look at a closed case', () => {
  it('finds that everything still holds, and leaves the case closed', async () => {
    const made = await closed();
    expect(await made.look(made.id)).toMatchObject({ outcome: 'holds' });
    const { stage, run, facts } = await made.now();
    expect({ stage, run }).toEqual({ stage: 'closed', run: 1 });
    expect(facts.look?.credentials.map(({ rungs }) => rungs.held.result)).toEqual(['passed', 'passed']);
    expect(made.sent).toEqual([]);
  });

  it('writes one signed record, which closes the case anew and is checked offline', async () => {
    const made = await closed();
    await made.look(made.id);
    await made.look(made.id);
    const records = made.recordsOf(made.id);
    expect(records.at(-1)?.predicate).toMatchObject({ step: 'look', run: 1, number: records.length });
    expect(records.filter(({ predicate }) => predicate.step === 'look')).toHaveLength(1);
    expect(await made.verify(made.id)).toMatchObject({ ok: true, closed: true });
  });

  it('tells what it found', async () => {
    const made = await closed();
    await made.look(made.id);
    expect(made.topic.notices.at(-1)).toMatchObject({ what: 'looked', summary: { holds: true } });
  });

  it('changes no identity and no secret', async () => {
    const made = await closed();
    const writes = made.aws.writes().length;
    await made.look(made.id);
    expect(made.aws.writes()).toHaveLength(writes);
  });

  it('raises the verdict where the trail has come meanwhile and shows refusals alone', async () => {
    const made = await closed({ settings: { trail } });
    expect(made.found.facts.close?.verdict).toBe('contained-not-proven');
    fillTrail(made);
    await made.look(made.id);
    const { facts } = await made.now();
    expect(facts.look).toMatchObject({ verdict: 'revoked', holds: true });
    expect(facts.look?.credentials.map(({ verdict }) => verdict)).toEqual(['revoked', 'revoked']);
    expect(facts.look?.openPoints.join()).not.toContain('has not been proven');
  });

  it('opens the case again where the trail shows a session served after the cut', async () => {
    const made = await closed({ settings: { trail } });
    const { served } = fillTrail(made);
    made.aws.trail.deliver(made.clock.ms() - hours, [served]);
    expect(await made.look(made.id)).toMatchObject({ outcome: 'reopens' });
    expect((await made.now()).facts.look?.verdict).toBe('contained-not-proven');
  });

  it.each<[string, (made: Seeded) => void, string, RegExp]>([
    [
      'somebody has deleted the deny',
      ({ alice }) => alice.policies.clear(),
      `${sessions} is not shown to be cut: configured: GetUserPolicy no longer finds the deny`,
      /sessions issued before .* are refused/,
    ],
    [
      'somebody has switched the key on',
      ({ key: cut }) => void Object.assign(cut, { status: 'Active' }),
      `access-key/${userKey} is not shown to be cut: configured: ListAccessKeys shows it Active`,
      new RegExp(`deletion of ${userKey}`),
    ],
  ])('leaves no open point that speaks against what it found: %s', async (_, change, found, not) => {
    const made = await closed();
    change(made);
    await made.look(made.id);
    const points = (await made.now()).facts.look?.openPoints.join('\n') ?? '';
    expect(points).toContain(found);
    expect(points).not.toContain(`${found.split(' ')[0]} is contained`);
    expect(points).not.toMatch(not);
  });

  it('does not call sessions contained that the trail shows served', async () => {
    const made = await closed({ settings: { trail } });
    const { served } = fillTrail(made);
    made.aws.trail.deliver(made.clock.ms() - hours, [served]);
    await made.look(made.id);
    const points = (await made.now()).facts.look?.openPoints.join('\n') ?? '';
    expect(points).toContain(`${sessions} is not shown to be cut: log-confirmed: the trail shows it alive`);
    expect(points).not.toMatch(/user-sessions\S+ is contained/);
  });

  it('says nothing of a deny on a role that somebody has deleted but that it is not shown', async () => {
    const made = world();
    const web = made.aws.addRole('web-server', { uniqueId: roleId });
    for (const name of ['i-0123456789abcdef0', 'i-0123456789abcdef1'])
      await made.deliver(event({ ...roleKey, principalId: `${roleId}:${name}` }));
    await made.drain();
    const id = (await made.cases())[0]?.id ?? '';
    made.clock.pass(37 * hours);
    web.policies.delete(`rescind-deny-session-${id}-i-0123456789abcdef1`);
    await made.look(id);
    const points = (await made.register.load(id)).facts.look?.openPoints.join('\n') ?? '';
    expect(points).toMatch(/sessions named i-0123456789abcdef0 of web-server issued before .* are refused/);
    expect(points).toContain('web-server can still be assumed');
  });

  it('is not proven by time alone where settings ask for the trail, and is where they ask for time', async () => {
    const strict = await closed();
    await strict.look(strict.id);
    expect((await strict.now()).facts.look?.verdict).toBe('contained-not-proven');
    const patient = await closed({ settings: { revokedAt: { 'user-sessions': 'held' } } });
    await patient.look(patient.id);
    expect((await patient.now()).facts.look?.verdict).toBe('revoked');
  });

  it('keeps what was proven at closing where it cannot be tried again', async () => {
    const made = await closed();
    for (const version of made.secret.versions.values()) version.labels.delete('AWSPREVIOUS');
    await made.look(made.id);
    const [proof] = (await made.now()).facts.look?.credentials ?? [];
    expect(proof).toMatchObject({ verdict: 'revoked', rungs: { 'canary-denied': { result: 'not available' } } });
  });

  it('names a key that has appeared since, and does not hold it against the cut', async () => {
    const made = await closed();
    made.alice.keys = made.alice.keys.filter(({ id }) => id !== made.key.id);
    const { id } = made.aws.addKey(made.alice);
    expect(await made.look(made.id)).toMatchObject({ outcome: 'holds' });
    expect((await made.now()).facts.look?.openPoints.join()).toContain(id);
  });

  it('does not take a replacement that its owner has switched off since for a cut that does not hold', async () => {
    const made = await closed();
    for (const each of made.alice.keys) each.status = 'Inactive';
    expect(await made.look(made.id)).toMatchObject({ outcome: 'holds' });
  });

  it('holds nothing against a user who is gone', async () => {
    const made = await closed();
    made.aws.users.delete('alice');
    expect(await made.look(made.id)).toMatchObject({ outcome: 'holds' });
    expect((await made.now()).facts.look?.credentials[0]?.rungs.configured.reason).toContain('is gone');
  });
});

describe('a rung that fails at the look', () => {
  /** Somebody has deleted the deny, and the look has found out. */
  async function broken() {
    const made = await closed();
    made.alice.policies.clear();
    const { outcome } = await made.look(made.id);
    return { ...made, outcome };
  }

  it('asks for the next run of the case, with the reason, and says so', async () => {
    const made = await broken();
    expect(made.outcome).toBe('reopens');
    expect(made.sent).toEqual([
      { control: 'reopen', caseId: made.id, run: 1, reason: `at the look the cut of ${sessions} did not hold` },
    ]);
    expect(made.topic.notices.at(-1)).toMatchObject({ what: 'looked', summary: { holds: false } });
    expect((await made.now()).facts.look).toMatchObject({ holds: false, verdict: 'contained-not-proven' });
  });

  it('has the cut made again by that run, and the case closed with all its records in one chain', async () => {
    const made = await broken();
    for (const message of made.sent) await made.control(message);
    await made.drain();
    const found = await made.now();
    expect({ stage: found.stage, run: found.run }).toEqual({ stage: 'closed', run: 2 });
    expect(made.alice.policies.size).toBe(1);
    expect(await made.verify(made.id)).toMatchObject({ ok: true, closed: true });
    expect(found.facts.look).toBeUndefined();
  });

  it('is also a key that somebody has switched on again', async () => {
    const made = await closed();
    made.key.status = 'Active';
    expect(await made.look(made.id)).toMatchObject({ outcome: 'reopens' });
    expect(made.sent[0]).toMatchObject({ reason: expect.stringContaining(key(made)) });
  });

  it('is looked at again by the run that followed, at its own time', async () => {
    const made = await broken();
    for (const message of made.sent) await made.control(message);
    await made.drain();
    expect(await made.look(made.id, 1)).toMatchObject({ outcome: 'nothing' });
    expect(await made.look(made.id, 2)).toMatchObject({
      outcome: 'nothing',
      reason: expect.stringMatching(/can live/),
    });
    made.clock.pass(37 * hours);
    expect(await made.look(made.id, 2)).toMatchObject({ outcome: 'holds' });
    expect(await made.verify(made.id)).toMatchObject({ ok: true, closed: true });
  });
});

describe('the look does nothing, and says why,', () => {
  it.each<[string, () => Promise<Seeded & { id: string }>, RegExp]>([
    [
      'while a session can still live',
      async () => {
        const made = seed();
        return { ...made, id: (await respond(made)).found.id };
      },
      /a session can live until/,
    ],
    [
      'where all that was cut was taken back',
      async () => {
        const made = world();
        made.aws.addRole('web-server', { uniqueId: roleId });
        await made.deliver(event(roleKey));
        await made.drain();
        const id = (await made.cases())[0]?.id ?? '';
        await made.rollback(id);
        made.clock.pass(37 * hours);
        return { ...made, id } as unknown as Seeded & { id: string };
      },
      /has cut nothing that stands/,
    ],
    ['where the case is parked', () => closed({ secretTags: { 'rescind-user': 'alice' } }), /stage parked/],
    ['where nothing was cut', () => closed({ settings: { mode: 'observe' } }), /has cut nothing/],
    [
      'where its finding goes on and has opened the next run',
      async () => {
        const id = '5ec1de00000000000000000000000000';
        const made = seed();
        const { found } = await respond(made, event({}, { id }));
        made.clock.pass(37 * hours);
        await made.deliver(event({}, { id, service: { eventLastSeen: made.clock.now().toISOString() } }));
        return { ...made, id: found.id };
      },
      /is at run 2/,
    ],
  ])('%s', async (_, arrange, reason) => {
    const made = await arrange();
    const records = made.recordsOf(made.id).length;
    expect(await made.look(made.id)).toMatchObject({ outcome: 'nothing', reason: expect.stringMatching(reason) });
    expect(made.recordsOf(made.id)).toHaveLength(records);
    expect(made.sent).toEqual([]);
  });
});

describe('a look that dies', () => {
  /** A case whose key somebody has switched on again, looked at until the process dies or to the end. */
  async function looked(crash?: CrashPlan) {
    const made = await closed(crash ? { crash } : {});
    const before = made.gate.passed.length;
    made.key.status = 'Active';
    const died = await made.look(made.id).then(
      () => false,
      () => true,
    );
    return { ...made, before, died, after: made.gate.passed.length };
  }

  it.each(['before', 'after'] as const)('%s any call, and is made again, ends as one that did not', async (when) => {
    const { before, after } = await looked();
    for (let at = before + 1; at <= after; at += 1) {
      const made = await looked({ at, when, kind: 'retried' });
      expect(made.died).toBe(true);
      expect(await made.look(made.id)).toMatchObject({ outcome: 'reopens' });
      expect(made.recordsOf(made.id).filter(({ predicate }) => predicate.step === 'look')).toHaveLength(1);
      expect(await made.verify(made.id)).toMatchObject({ ok: true, closed: true });
      expect(made.sent.length).toBeGreaterThan(0);
    }
    expect(after - before).toBeGreaterThan(10);
  });

  it('after its record, and finds that a next run has begun, leaves that alone', async () => {
    const { before } = await looked();
    const names = (await looked()).gate.passed.slice(before);
    const at = before + names.indexOf('evidence.put') + 1;
    const made = await looked({ at, when: 'after', kind: 'retried' });
    await made.control({ control: 'reopen', caseId: made.id, reason: 'by hand' });
    await made.drain();
    expect(await made.look(made.id)).toMatchObject({ outcome: 'nothing' });
    expect((await made.now()).records.map(({ step }) => step)).toContain('look');
    expect(await made.verify(made.id)).toMatchObject({ ok: true, closed: true });
  });
});

describe('a look that AWS refuses', () => {
  it('fails where the cut cannot be read back, and writes nothing', async () => {
    const made = await closed();
    made.aws.fail('iam:GetUserPolicy', 9, { error: awsError('AccessDenied', 'not authorized', 403) });
    await expect(made.look(made.id)).rejects.toMatchObject({ name: 'AccessDenied' });
    expect((await made.now()).facts.look).toBeUndefined();
  });
});
