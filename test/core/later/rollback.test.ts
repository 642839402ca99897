import { describe, expect, it } from 'vitest';
import { recordKey } from '#core/run/record';
import { awsError } from '../../fake-aws.ts';
import { predicateOf } from '../../predicate-of.ts';
import { event, heldBy, respond, type Seeded, seed } from '../../seed.ts';
import { createAccessKey, served, sessionOf, trailEnvelope } from '../../sources/cloudtrail-record.ts';

async function closed() {
  const made = seed();
  made.alice.policies.set('work', '{"Statement":[]}');
  const { found } = await respond(made);
  expect(found.stage).toBe('closed');
  return { made, id: found.id, found, denyName: `rescind-deny-sessions-${found.id}` };
}
async function parked() {
  // A rotation asks in this mode.
  const made = seed({ settings: { mode: 'guarded' } });
  const { found } = await respond(made);
  expect([found.stage, made.key.status, made.alice.policies.size]).toEqual(['parked', 'Inactive', 1]);
  return { made, id: found.id, found };
}
const seenNow = ({ clock }: Seeded) => {
  const at = clock.now().toISOString();
  return event({}, { updatedAt: at, service: { serviceName: 'guardduty', archived: false, eventLastSeen: at } });
};
const byColleague = ({ clock }: Seeded) => ({ eventTime: clock.now().toISOString(), userIdentity: sessionOf('admin') });
const policyAttached = (made: Seeded) => {
  const requestParameters = { userName: 'alice', policyArn: 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess' };
  return trailEnvelope(served('iam:AttachUserPolicy', { ...byColleague(made), requestParameters }));
};
const keyMade = (made: Seeded) =>
  trailEnvelope(createAccessKey(byColleague(made), { accessKeyId: made.aws.addKey(made.alice).id }));
const outcomes = (rolledBack: Awaited<ReturnType<ReturnType<typeof seed>['rollback']>>) =>
  rolledBack.outcome === 'rolled-back'
    ? Object.fromEntries(rolledBack.items.map(({ action, outcome }) => [action, outcome]))
    : rolledBack;

describe('a rollback', () => {
  it('takes the deny of the case away and nothing else', async () => {
    const { made, id, denyName } = await closed();
    expect(made.alice.policies.has(denyName)).toBe(true);
    const before = made.aws.writes().length;
    await made.rollback(id);
    expect([...made.alice.policies.keys()]).toEqual(['work']);
    expect(
      made.aws
        .writes()
        .slice(before)
        .map(({ operation }) => operation),
    ).toEqual(['iam:DeleteUserPolicy']);
  });

  it('never switches the compromised key on, never restores the old value, and says so', async () => {
    const { made, id } = await closed();
    const value = heldBy(made);
    expect(outcomes(await made.rollback(id))).toEqual({
      'deactivate-access-key': 'kept',
      'deny-user-sessions': 'taken-back',
      'rotate-access-key': 'kept',
    });
    expect(made.key.status).toBe('Inactive');
    expect(heldBy(made)).toEqual(value);
  });

  it.each([
    ['another document', (text: string) => text.replace('RescindOlderSessions', 'Mine')],
    ['a later cut-off', (text: string) => text.replace(/20\d\d-/, '2031-')],
    ['an exception', (text: string) => text.replace('"Action":"*"', '"NotAction":"s3:*"')],
  ])('leaves a deny alone that somebody has changed since: %s', async (_, change) => {
    const { made, id, denyName } = await closed();
    made.alice.policies.set(denyName, change(made.alice.policies.get(denyName) ?? ''));
    expect(outcomes(await made.rollback(id))).toMatchObject({ 'deny-user-sessions': 'refused' });
    expect(made.alice.policies.has(denyName)).toBe(true);
  });

  it('is not misled by an IAM that shows the deny some seconds late', async () => {
    const { made, id } = await closed();
    const from = made.clock.ms();
    const get = made.aws.handles['iam:GetUserPolicy'];
    made.aws.handles['iam:GetUserPolicy'] = (input) => {
      if (made.clock.ms() - from > 5000) return get(input);
      throw awsError('NoSuchEntityException', 'no such policy', 404);
    };
    expect(outcomes(await made.rollback(id))).toMatchObject({ 'deny-user-sessions': 'taken-back' });
    expect([...made.alice.policies.keys()]).toEqual(['work']);
  });

  it.each([
    ['a moment ago', 0, 30_000],
    ['an hour ago', 3_600_000, 1000],
  ])(
    'finds a deny gone that somebody has deleted, and waits only while IAM may be late: made %s',
    async (_, passed, most) => {
      const { made, id, denyName } = await closed();
      made.clock.pass(passed);
      made.alice.policies.delete(denyName);
      const from = made.clock.ms();
      expect(outcomes(await made.rollback(id))).toMatchObject({ 'deny-user-sessions': 'already-gone' });
      expect(made.clock.ms() - from).toBeLessThan(most + 1000);
    },
  );

  it('leaves a user alone that was made again under the same name', async () => {
    const { made, id, denyName } = await closed();
    made.alice.uniqueId = 'AIDA9999999999999999A';
    expect(outcomes(await made.rollback(id))).toMatchObject({ 'deny-user-sessions': 'refused' });
    expect(made.alice.policies.has(denyName)).toBe(true);
  });

  it('says of a user that is gone that there is nothing to take back', async () => {
    const { made, id } = await closed();
    made.aws.users.delete('alice');
    expect(outcomes(await made.rollback(id))).toMatchObject({ 'deny-user-sessions': 'already-gone' });
  });

  it('takes a refusal by AWS for a refusal', async () => {
    const { made, id } = await closed();
    made.aws.fail('iam:DeleteUserPolicy', 1, { error: awsError('AccessDeniedException', 'no', 403) });
    expect(outcomes(await made.rollback(id))).toMatchObject({ 'deny-user-sessions': 'refused' });
  });

  it('is refused while a run of the case is active', async () => {
    const made = seed();
    let made1: unknown;
    made.before.rotate = async () => {
      const [found] = await made.cases();
      made1 = await made.rollback(found?.id ?? '');
    };
    await respond(made);
    expect(made1).toMatchObject({ outcome: 'refused', reason: expect.stringContaining('run 1 of the case is active') });
    expect(made.alice.policies.size).toBe(1);
  });

  it('works by the records: one that is not as the register names it stops everything', async () => {
    const { made, id, denyName } = await closed();
    const key = recordKey(id, 2);
    const bytes = Buffer.from(made.evidence.objects.get(key) ?? []);
    made.evidence.objects.set(key, Buffer.concat([bytes, Buffer.from(' ')]));
    await expect(made.rollback(id)).rejects.toMatchObject({ code: 'RECORD_CHANGED' });
    expect(made.alice.policies.has(denyName)).toBe(true);
  });

  it('asked for twice takes back once', async () => {
    const { made, id } = await closed();
    await made.rollback(id);
    const records = made.recordsOf(id).length;
    expect(await made.rollback(id)).toMatchObject({ outcome: 'nothing-left' });
    expect(made.recordsOf(id)).toHaveLength(records);
  });

  it('takes back what a later run has cut again', async () => {
    const { made, id } = await parked();
    await made.rollback(id);
    await respond(made, seenNow(made));
    expect(made.alice.policies.size).toBe(1);
    expect(outcomes(await made.rollback(id))).toMatchObject({ 'deny-user-sessions': 'taken-back' });
    expect(made.alice.policies.size).toBe(0);
  });

  it('takes back the cut of a parked case, which stays parked', async () => {
    const { made, found } = await parked();
    expect(outcomes(await made.rollback(found.id))).toMatchObject({ 'deny-user-sessions': 'taken-back' });
    expect(await made.register.load(found.id)).toMatchObject({ stage: 'parked', facts: { rollback: { items: {} } } });
    expect(
      predicateOf(made.evidence.objects.get(recordKey(found.id, made.recordsOf(found.id).length)) ?? new Uint8Array())
        .closes,
    ).toBeUndefined();
  });

  it('says of what was begun and is in no record that somebody must look', async () => {
    const made = seed();
    made.aws.fail('iam:UpdateAccessKey', 99, { error: awsError('ServiceFailure', 'try again', 503) });
    const { found } = await respond(made);
    expect(found.stage).toBe('parked');
    expect(outcomes(await made.rollback(found.id))).toEqual({
      'deactivate-access-key': 'refused',
      'deny-user-sessions': 'refused',
    });
    expect(made.alice.policies.size).toBe(1);
  });
});

describe('the record of a rollback', () => {
  it('tells who asked, as claimed, what was done, and each call', async () => {
    const { made, id, denyName } = await closed();
    await made.rollback(id);
    const { predicate } = made.recordsOf(id).at(-1) ?? {};
    expect(predicate).toMatchObject({
      step: 'rollback',
      facts: { claimedBy: 'arn:aws:iam::111122223333:user/olga', items: expect.anything() },
      closes: expect.arrayContaining([expect.objectContaining({ step: 'close' })]),
    });
    expect(predicate?.calls.map(({ operation }) => operation)).toEqual([
      'iam:GetUser',
      'iam:GetUser',
      'iam:GetUserPolicy',
      'iam:DeleteUserPolicy',
    ]);
    expect(JSON.stringify(predicate?.calls)).toContain(denyName);
  });

  it('keeps the chain of the case whole', async () => {
    const { made, id } = await closed();
    await made.rollback(id);
    expect(await made.verify(id)).toMatchObject({ ok: true, closed: true });
  });

  it('is told to people', async () => {
    const { made, id } = await closed();
    await made.rollback(id);
    expect(made.topic.notices.at(-1)).toMatchObject({ what: 'rolled-back', caseId: id });
  });

  it.each(['before', 'after'] as const)(
    'comes once and whole, wherever the attempt before it died (%s a call)',
    async (when) => {
      const plain = await closed();
      const start = plain.made.gate.passed.length;
      await plain.made.rollback(plain.id);
      const calls = plain.made.gate.passed.length - start;
      expect(calls).toBeGreaterThan(5);
      for (let at = start + 1; at <= start + calls; at += 1) {
        const made = seed({ crash: { at, when, kind: 'retried' } });
        const { found } = await respond(made);
        await made.rollback(found.id).catch(() => undefined);
        const second = await made.rollback(found.id);
        expect(made.alice.policies.size, `${at}`).toBe(0);
        expect(['rolled-back', 'nothing-left']).toContain(second.outcome);
        const rollbacks = made.recordsOf(found.id).filter(({ predicate }) => predicate.step === 'rollback');
        expect(rollbacks, `${at}`).toHaveLength(1);
        const told = JSON.stringify(rollbacks[0]?.predicate);
        expect(told, `${at}`).toMatch(/iam:DeleteUserPolicy|may have taken it back/);
        expect((await made.register.load(found.id)).facts.rollback, `${at}`).toBeDefined();
        expect(await made.verify(found.id), `${at}`).toMatchObject({ ok: true });
      }
    },
  );
});

describe('after a rollback', () => {
  it.each<[string, (made: Seeded, id: string) => unknown]>([
    ['an advisory event of a colleague who mends the user', (made) => made.deliver(policyAttached(made))],
    ['a key that he makes for the user', (made) => made.deliver(keyMade(made))],
    ['a finding of what was seen before it', (made) => made.deliver(event())],
    ['a retry', (made, caseId) => made.control({ control: 'retry', caseId })],
  ])('%s cuts nothing again: a person is asked', async (_, happen) => {
    const { made, id } = await parked();
    await made.rollback(id);
    made.key.status = 'Active';
    made.clock.pass(3_600_000);
    await happen(made, id);
    await made.drain();
    expect([made.key.status, made.alice.policies.size]).toEqual(['Active', 0]);
    expect(await made.register.load(id)).toMatchObject({ stage: 'parked' });
  });

  it('a key that is active again at the look is put to a person', async () => {
    const { made, id, denyName } = await closed();
    await made.rollback(id);
    made.key.status = 'Active';
    made.clock.pass(37 * 3_600_000);
    expect(await made.look(id)).toMatchObject({ outcome: 'reopens' });
    for (const message of made.sent) await made.control(message);
    await made.drain();
    expect([made.key.status, made.alice.policies.has(denyName)]).toEqual(['Active', false]);
    const { stage, facts } = await made.register.load(id);
    expect([stage, facts.triage?.plan[0]?.policies[0]?.id]).toEqual(['parked', 'what-a-person-took-back-needs-one']);
  });

  it('a finding of what was seen since cuts again in the parked case', async () => {
    const { made, id } = await parked();
    await made.rollback(id);
    made.key.status = 'Active';
    const { found } = await respond(made, seenNow(made));
    expect([found.id, made.key.status, made.alice.policies.size]).toEqual([id, 'Inactive', 1]);
  });
});

describe('a finding that comes after a rollback', () => {
  it('opens a case that cuts again', async () => {
    const { made, id } = await closed();
    await made.rollback(id);
    const { found } = await respond(made, event());
    expect(found.id).not.toBe(id);
    expect([...made.alice.policies.keys()]).toContain(`rescind-deny-sessions-${found.id}`);
  });
});
