import { describe, expect, it } from 'vitest';
import type { Case } from '#core/case';
import { heldFrom } from '#core/proof/held';
import { renderReport } from '#core/report';
import { nothingTold, toldAfter } from '#core/run/told';
import type { Statement } from '#verifier/format';
import { type World, world } from './case-run.ts';
import { awsError } from './fake-aws.ts';
import { trailRecord } from './fake-trail.ts';
import { event, heldBy, managedSecret, respond, type Seeded, type SeedOptions, seed } from './seed.ts';
import { served, sessionOf, trailEnvelope } from './sources/cloudtrail-record.ts';
import { guarddutyFinding, type Json, roleId, roleKey, userId, userKey } from './sources/guardduty-finding.ts';

const hours = 3_600_000;
const reportOf = (made: Pick<Seeded, 'recordsOf'>, caseId: string): string =>
  renderReport(made.recordsOf(caseId).map(({ predicate }) => ({ predicate, subject: [] }) as unknown as Statement));
const seenAt = (ms: number): Json => {
  const eventLastSeen = new Date(ms).toISOString();
  return { service: { ...(guarddutyFinding().service as Json), eventLastSeen } };
};
const statusOf = ({ alice }: Seeded, id: string) => alice.keys.find((key) => key.id === id)?.status;
async function retried(made: Pick<Seeded, 'control' | 'drain' | 'register'>, caseId: string) {
  await made.control({ control: 'retry', caseId });
  await made.drain();
  return made.register.load(caseId);
}

describe('a key that the attacker makes after the first cut, which no trail tells of', () => {
  async function parked(settings: SeedOptions['settings'] = {}) {
    const made = seed({ secret: null, settings });
    let stranger = '';
    made.before.verify = () => {
      stranger ||= made.aws.addKey(made.alice).id;
    };
    const { found } = await respond(made);
    expect(found.facts.park?.reason).toContain(stranger);
    return { made, id: found.id, stranger };
  }

  it('parks the case again after a further finding', async () => {
    const { made, stranger } = await parked();
    const { found } = await respond(made, event());
    expect([found.stage, statusOf(made, stranger)]).toEqual(['parked', 'Active']);
  });

  it('parks the case, too, where a finding that waits sends it back to its first step', async () => {
    const made = seed({ secret: null });
    let stranger = '';
    made.before.revoke = () => {
      stranger ||= made.aws.addKey(made.alice).id;
    };
    made.before.park = () => made.deliver(event());
    const { found } = await respond(made);
    expect([found.stage, statusOf(made, stranger)]).toEqual(['parked', 'Active']);
  });

  it('is an open point, and keeps the verdict low, once whoever was told of it has asked for a retry', async () => {
    const { made, id, stranger } = await parked({
      revokedAt: { 'access-key': 'configured', 'user-sessions': 'configured' },
    });
    const { stage, facts } = await retried(made, id);
    expect([stage, facts.close?.verdict]).toEqual(['closed', 'contained-not-proven']);
    expect(facts.close?.openPoints.join('\n')).toContain(`access-key/${stranger} is active and nobody accounts for it`);
    made.clock.pass(37 * hours);
    await made.look(id, 2);
    expect((await made.register.load(id)).facts.look?.verdict).toBe('contained-not-proven');
  });

  it('does not count against a case that is opened again after it was closed: its owner may have made it', async () => {
    const made = seed({ secret: null });
    await respond(made, event({}, { id: 'same' }));
    made.clock.pass(hours);
    made.aws.addKey(made.alice);
    const { found } = await respond(made, event({}, { id: 'same', ...seenAt(made.clock.ms()) }));
    expect(found).toMatchObject({ run: 2, facts: { verify: { strangers: [] } } });
  });
});

describe('a key that the attacker makes after the cut of an attempt that died', () => {
  const died = { error: awsError('ServiceFailure', 'x', 503) };
  async function strangerAfter(made: Seeded, attempts: number) {
    let stranger = '';
    const put = made.aws.operations['iam:PutUserPolicy'] as (input: never) => Promise<unknown>;
    const meeting = async (input: never) => {
      try {
        return await put(input);
      } catch (error) {
        stranger ||= made.aws.addKey(made.alice).id;
        throw error;
      }
    };
    Object.assign(made.aws.operations, { 'iam:PutUserPolicy': meeting });
    made.aws.fail('iam:PutUserPolicy', attempts, died);
    const { found } = await respond(made);
    return { found, stranger };
  }

  it('is none of the keys of before for the attempt that comes after', async () => {
    const made = seed({ secret: null });
    const { found, stranger } = await strangerAfter(made, 1);
    expect([found.stage, found.facts.verify?.strangers]).toEqual(['parked', [stranger]]);
  });

  it('is none of them for the run of an operator either', async () => {
    const made = seed({ secret: null });
    const { found, stranger } = await strangerAfter(made, 5);
    expect(found.facts.verify).toBeUndefined();
    const next = await retried(made, found.id);
    expect([next.stage, next.facts.verify?.strangers]).toEqual(['parked', [stranger]]);
  });
});

describe('a deny of sessions that stands', () => {
  /** A case that stays open, because a shared session of the role asks. */
  async function standing() {
    const made = world();
    const web = made.aws.addRole('web-server', { uniqueId: roleId });
    await made.deliver(event(roleKey));
    await made.deliver(event({ ...roleKey, principalId: `${roleId}:worker`, accessKeyId: 'ASIA9999222233334444' }));
    await made.drain();
    const id = (await made.cases())[0]?.id ?? '';
    const cutoff = () =>
      JSON.parse([...web.policies.values()][0] ?? '{}').Statement[0].Condition.DateLessThan['aws:TokenIssueTime'];
    const writes = () => made.aws.writes().length;
    made.clock.pass(hours);
    return { made, web, id, cutoff, first: cutoff(), writes, before: writes() };
  }
  const deployed = (made: World) =>
    trailEnvelope(
      served('iam:PutRolePolicy', {
        eventTime: made.clock.now().toISOString(),
        userIdentity: sessionOf('deployer'),
        requestParameters: { roleName: 'web-server', policyName: 'x' },
      }),
    );

  it('stays as it is for news that asks for nothing: the rightful workload has taken new sessions since', async () => {
    const { made, id, cutoff, first, writes, before } = await standing();
    await made.deliver(deployed(made));
    const { run, cuts, facts, taken } = await retried(made, id);
    expect(taken).toBe(3);
    expect([run, cutoff(), writes(), cuts.map((each) => each.cutoff)]).toEqual([2, first, before, [first]]);
    expect(facts.contain?.done).toMatchObject([{ outcome: 'already-done', keptCutoff: first }]);
  });

  it('is not one of the cuts of an hour when it stays', async () => {
    const { made, id } = await standing();
    made.deployment.settings = { ...made.deployment.settings, cutsPerHour: 0 };
    expect((await retried(made, id)).facts.contain?.brake).toBeNull();
  });

  it('is stamped anew for a finding about its sessions that saw more after it', async () => {
    const { made, id, cutoff, first } = await standing();
    await made.deliver(event(roleKey, seenAt(made.clock.ms())));
    await made.drain();
    const { cuts } = await made.register.load(id);
    expect(cutoff() > first).toBe(true);
    expect(cuts.map((each) => each.cutoff)).toEqual([cutoff()]);
  });

  it('stays as it is for a finding that came late and saw nothing after it', async () => {
    const { made, cutoff, first } = await standing();
    await made.deliver(event(roleKey, seenAt(Date.parse(first) - 60_000)));
    await made.drain();
    expect(cutoff()).toBe(first);
  });

  it('is made again where somebody has deleted it', async () => {
    const { made, web, id, cutoff, first } = await standing();
    web.policies.clear();
    await retried(made, id);
    expect(cutoff() > first).toBe(true);
  });

  it('is made again where IAM does not show it, and the cut does not wait for that', async () => {
    const { made, id, cutoff, first } = await standing();
    made.aws.fail('iam:GetRolePolicy', 1, { error: awsError('AccessDenied', 'no', 403) });
    await retried(made, id);
    expect(cutoff() > first).toBe(true);
  });

  it('is stamped anew beside a key of the user that is cut only now: it may have issued sessions', async () => {
    const made = seed({ secretTags: { 'rescind-user': 'alice' } });
    const { found } = await respond(made);
    made.clock.pass(hours);
    made.key.status = 'Active';
    const next = await retried(made, found.id);
    const [first] = found.cuts;
    expect(next.cuts.every(({ cutoff }) => (cutoff ?? '') > (first?.cutoff ?? ''))).toBe(true);
  });

  it('is stamped anew, too, where the attempt that cut that key has died', async () => {
    const made = seed({ secretTags: { 'rescind-user': 'alice' } });
    const { found } = await respond(made);
    made.clock.pass(hours);
    made.key.status = 'Active';
    made.aws.fail('iam:PutUserPolicy', 1, { error: awsError('ServiceFailure', 'x', 503) });
    const next = await retried(made, found.id);
    const [first] = found.cuts;
    expect([made.key.status, next.cuts.every(({ cutoff }) => (cutoff ?? '') > (first?.cutoff ?? ''))]).toEqual([
      'Inactive',
      true,
    ]);
  });

  it('is proven by the cut-off that it was made with', async () => {
    const made = seed({ secretTags: { 'rescind-user': 'alice' } });
    const { found } = await respond(made);
    made.clock.pass(hours);
    made.secret.tags = managedSecret;
    const { stage, facts } = await retried(made, found.id);
    const sessions = facts.verify?.credentials.find(({ credential }) => credential.startsWith('user-sessions/'));
    expect([stage, sessions?.rungs.configured]).toEqual([
      'closed',
      { result: 'passed', reason: expect.stringContaining(found.cuts[0]?.cutoff ?? 'none') },
    ]);
  });
});

describe('a key that is inactive already', () => {
  const used = (ms: number, refused = {}) => trailRecord(ms, { principalId: userId, accessKeyId: userKey }, refused);
  const cutOf = ({ cuts }: Pick<Case, 'cuts'>, credential: string) =>
    cuts.find(({ done }) => done.some((cut) => cut.credential.startsWith(credential)));

  it('keeps the time of its cut in a run that changes nothing, so that a use before that run is found', async () => {
    const made = seed({ settings: { trail: { bucket: 'trail-of-ours' } } });
    const second = made.aws.addKey(made.alice);
    const { found } = await respond(made);
    expect(found.stage).toBe('parked');
    const cutAt = Date.parse(cutOf(found, 'access-key')?.cutAt ?? '');
    made.alice.keys = made.alice.keys.filter((key) => key !== second);
    made.clock.pass(hours);
    const next = await retried(made, found.id);
    expect(cutOf(next, 'access-key')).toEqual(cutOf(found, 'access-key'));
    made.clock.pass(37 * hours);
    const dead = { errorCode: 'InvalidClientTokenId' };
    made.aws.trail.deliver(cutAt + 2 * hours, [used(cutAt + hours / 6), used(cutAt + 1.9 * hours, dead)]);
    made.aws.trail.deliver(made.clock.ms() - 60_000, []);
    expect(await made.look(found.id, next.run)).toMatchObject({ outcome: 'reopens' });
    const { look } = (await made.register.load(found.id)).facts;
    expect(look?.credentials.find(({ credential }) => credential === `access-key/${userKey}`)).toMatchObject({
      verdict: 'contained-not-proven',
      rungs: { 'log-confirmed': { result: 'failed' } },
    });
  });

  it('is cut from now on where it had been switched on again', async () => {
    const made = seed({ secretTags: { 'rescind-user': 'alice' } });
    const { found } = await respond(made);
    made.clock.pass(hours);
    made.key.status = 'Active';
    const before = made.clock.now().toISOString();
    const next = await retried(made, found.id);
    expect((cutOf(next, 'access-key')?.cutAt ?? '') > before).toBe(true);
  });

  it('has no cut of ours to be timed where AWS refused the rest, and is looked at again all the same', async () => {
    const made = seed({ secret: null });
    made.key.status = 'Inactive';
    made.aws.fail('iam:PutUserPolicy', 1, { error: awsError('LimitExceededException', 'no room', 409) });
    const { found } = await respond(made);
    expect(cutOf(found, 'access-key')).toMatchObject({
      done: [{ outcome: 'already-done' }],
      cutoff: expect.stringMatching(/Z$/),
    });
    expect(cutOf(found, 'access-key')?.cutAt).toBeUndefined();
    expect(heldFrom(found, made.deployment.settings)).not.toBeNull();
  });
});

describe('a cut that a person was asked about', () => {
  it('is asked about again by every retry, whatever was done by hand: the case stays parked', async () => {
    const made = seed({ secret: null });
    const { found } = await respond(made, event({}, { type: 'Recon:IAMUser/UserPermissions', severity: 5 }));
    made.key.status = 'Inactive';
    const next = await retried(made, found.id);
    expect([next.run, next.stage, next.facts.park?.reason]).toEqual([2, 'parked', found.facts.park?.reason]);
  });

  it('keeps the verdict low, and is named, where the case closes in mode observe and nobody has decided', async () => {
    const made = seed({
      secret: null,
      settings: { revokedAt: { 'access-key': 'configured', 'user-sessions': 'configured' } },
    });
    const second = made.aws.addKey(made.alice);
    const asks = event({ accessKeyId: second.id }, { type: 'Persistence:IAMUser/AnomalousBehavior', severity: 5 });
    made.before.close = () => made.deliver(asks);
    const { found } = await respond(made);
    expect(found.stage).toBe('parked');
    Object.assign(made.deployment.settings, { mode: 'observe' });
    const { stage, facts } = await retried(made, found.id);
    expect([stage, facts.close?.verdict, second.status]).toEqual(['closed', 'contained-not-proven', 'Active']);
    expect(facts.close?.openPoints.join('\n')).toContain(
      `access-key/${second.id} is not shown to be cut: a person was asked about its cut and nobody has decided`,
    );
  });
});

describe('a secret with a member that is one of our words', () => {
  it.each([
    'verified',
    'contained',
    'InvalidClientTokenId',
    'the credential was refused',
    'rescind',
    'not available',
    'configured',
    'log-confirmed',
  ])('does not stop the case (%s)', async (status) => {
    const made = seed();
    for (const version of made.secret.versions.values()) version.value = JSON.stringify({ ...heldBy(made), status });
    const { found } = await respond(made);
    expect([found.stage, found.facts.park?.reason]).toEqual(['closed', undefined]);
  });
});

describe('a case some of whose cuts do not stand, and that is not to cut in its next run', () => {
  it('never closes as revoked where the cut of the sessions was taken back', async () => {
    const made = seed();
    const { found } = await respond(made, event({}, { id: 'same' }));
    await made.rollback(found.id);
    Object.assign(made.deployment.settings, { mode: 'observe' });
    const next = await respond(made, event({}, { id: 'same', ...seenAt(made.clock.ms() + 60_000) }));
    expect(next.found.facts.close?.verdict).toBe('contained-not-proven');
    expect(next.found.facts.close?.openPoints.join('\n')).toMatch(
      /user-sessions\/\S+ is not shown to be cut: .*taken back/,
    );
  });

  it.each([{}, { revokedAt: { 'access-key': 'configured' } }])(
    'says of sessions that AWS refused to cut that they were not (%o)',
    async (settings) => {
      const made = seed({ secret: null, settings });
      made.aws.fail('iam:PutUserPolicy', 1, { error: awsError('LimitExceededException', 'no room', 409) });
      const { found } = await respond(made);
      expect(found.stage).toBe('parked');
      Object.assign(made.deployment.settings, { mode: 'observe' });
      const { facts } = await retried(made, found.id);
      expect(facts.close?.verdict).toBe('contained-not-proven');
      expect(facts.close?.openPoints.join('\n')).toMatch(
        /user-sessions\/\S+ is not shown to be cut: .*nobody has made it/,
      );
    },
  );
});

describe('a cut that was begun and lost', () => {
  const lost = { error: awsError('ServiceFailure', 'x', 503), after: true };

  it('is not forgotten where the next try is refused', async () => {
    const made = world();
    const web = made.aws.addRole('web-server', { uniqueId: roleId });
    made.aws.fail('iam:PutRolePolicy', 5, lost);
    await made.deliver(event(roleKey));
    await made.drain();
    const id = (await made.cases())[0]?.id ?? '';
    made.aws.fail('iam:PutRolePolicy', 1, { error: awsError('AccessDenied', 'scp', 403) });
    expect((await retried(made, id)).facts.park?.begun).toHaveLength(1);
    expect(await made.rollback(id)).toMatchObject({ items: [{ outcome: 'refused', reason: /begun/ }] });
    Object.assign(made.deployment.settings, { mode: 'observe' });
    expect((await retried(made, id)).facts.close?.verdict).toBe('contained-not-proven');
    expect(reportOf(made, id)).not.toContain('Nothing was changed');
    expect(web.policies.size).toBe(1);
  });

  it('is not blamed on somebody else where an older cut of the same is on record', async () => {
    const made = seed({ secretTags: { 'rescind-user': 'alice' } });
    const { found } = await respond(made);
    made.clock.pass(hours);
    made.aws.fail('iam:PutUserPolicy', 5, lost);
    const next = await respond(made, event({}, seenAt(made.clock.ms())));
    expect(next.found.facts.park?.begun).toHaveLength(2);
    const back = await made.rollback(found.id);
    expect('items' in back && back.items.map(({ reason }) => reason).join('\n')).not.toContain('somebody has changed');
    expect(Object.keys((await made.register.load(found.id)).work.before ?? {}).join('\n')).toContain(
      'deny-user-sessions',
    );
  });
});

describe('a rollback', () => {
  it.each([
    [
      'that lifts nothing',
      ({ alice }: Seeded) => {
        for (const name of alice.policies.keys()) alice.policies.set(name, JSON.stringify({ Statement: [] }));
      },
    ],
    ['of the sessions alone', () => undefined],
  ])('%s does not end the look at what it leaves cut', async (_, spoil) => {
    const made = seed();
    const { found } = await respond(made);
    spoil(made);
    await made.rollback(found.id);
    made.key.status = 'Active';
    made.clock.pass(37 * hours);
    expect(await made.look(found.id)).toMatchObject({ outcome: 'reopens' });
  });

  it('that a finding meets half-way leaves a record of what it has taken back, in the chain of the next run', async () => {
    const made = seed({ secretTags: { 'rescind-user': 'alice' } });
    const { found } = await respond(made);
    Object.assign(made.deployment.settings, { mode: 'observe' });
    const remove = made.aws.operations['iam:DeleteUserPolicy'] as (input: never) => Promise<unknown>;
    const meeting = async (input: never) => {
      const answer = await remove(input);
      await made.deliver(event());
      return answer;
    };
    Object.assign(made.aws.operations, { 'iam:DeleteUserPolicy': meeting });
    expect(await made.rollback(found.id)).toMatchObject({ outcome: 'rolled-back' });
    await made.drain();
    const records = made.recordsOf(found.id).map(({ predicate }) => predicate);
    expect(records.find(({ step }) => step === 'rollback')?.calls.map(({ operation }) => operation)).toContain(
      'iam:DeleteUserPolicy',
    );
    const now = await made.register.load(found.id);
    expect(now.records.map(({ step }) => step)).toEqual(records.map(({ step }) => step));
    expect(await made.verify(found.id)).toMatchObject({ ok: true });
  });
});

describe('somebody who was made anew under the name, while the case of the one before is parked', () => {
  const later = 30 * 24 * hours;

  it('a user, is cut for a finding that gives the present unique id, and the rest is for a person', async () => {
    const made = seed({ settings: { mode: 'guarded' } });
    const first = await respond(made);
    expect(first.found.stage).toBe('parked');
    made.aws.users.delete('alice');
    made.clock.pass(later);
    const again = made.aws.addUser('alice', {}, 'AIDANEW11222233334444');
    const key = made.aws.addKey(again, 'AKIANEW1222233334444');
    const { found } = await respond(made, event({ accessKeyId: key.id, principalId: again.uniqueId }));
    expect([found.id, key.status, again.policies.size]).toEqual([first.found.id, 'Inactive', 1]);
    expect(found.facts.triage?.plan.map(({ action }) => action)).toContain('contain-by-hand');
  });

  it('a role, has its older sessions refused', async () => {
    const made = world();
    const about = (id: string) => event({ ...roleKey, principalId: `${id}:deploy`, userName: 'web-server' });
    made.aws.addRole('web-server', { uniqueId: roleId });
    await made.deliver(about(roleId));
    await made.drain();
    made.aws.roles.delete('web-server');
    const again = made.aws.addRole('web-server', { uniqueId: 'AROA9999222233334444A' });
    made.deployment.settings.sweepable = ['arn:aws:iam::111122223333:role/web-server'];
    made.clock.pass(later);
    await made.deliver(about('AROA9999222233334444A'));
    await made.drain();
    expect(again.policies.size).toBe(1);
  });
});

describe('what the register holds of the records', () => {
  it('is what they add up to, also after a look that takes the record of a dead rollback into the chain', async () => {
    const made = seed();
    const { found } = await respond(made);
    const { notify } = made.topic;
    made.topic.notify = async (notice) => {
      if (notice.what === 'rolled-back') throw awsError('AuthorizationError', 'x', 403);
      return notify(notice);
    };
    await expect(made.rollback(found.id)).rejects.toThrow();
    made.topic.notify = notify;
    made.clock.pass(37 * hours);
    await made.look(found.id);
    const { cuts, lifted, takenBackAt, rotations, keysBefore } = await made.register.load(found.id);
    const told = made
      .recordsOf(found.id)
      .map(({ predicate }) => predicate)
      .reduce(toldAfter, nothingTold);
    expect({ cuts, lifted, takenBackAt, rotations, keysBefore }).toEqual(JSON.parse(JSON.stringify(told)));
    expect(lifted).toHaveLength(1);
  });
});

describe('a message of the look that comes a second time, late', () => {
  it('starts no second run', async () => {
    const made = seed();
    const { found } = await respond(made);
    made.clock.pass(37 * hours);
    made.key.status = 'Active';
    await made.look(found.id);
    const [message] = made.sent;
    for (let times = 0; times < 2; times += 1) {
      await made.control(message ?? '');
      await made.drain();
    }
    expect((await made.register.load(found.id)).run).toBe(2);
  });
});

describe('a further pass of the same run', () => {
  it('does not tell of a stop switch that an earlier pass met', async () => {
    const made = seed();
    const stop = (stopped: boolean) =>
      made.register.setStopSwitch({ stopped, by: 'olga', at: '2026-08-20T10:00:00Z', reason: 'drill' });
    made.before.rotate = () => stop(true);
    made.before.park = async () => {
      await stop(false);
      made.secret.tags = { 'rescind-user': 'alice' };
      await made.deliver(event());
    };
    const { found } = await respond(made);
    expect(found.stage).toBe('parked');
    expect(found.facts.park?.reason).not.toContain('stop switch');
  });
});

describe('urgency', () => {
  it('of one finding does not cut the key that another, less urgent one names', async () => {
    const made = seed({ secret: null });
    const second = made.aws.addKey(made.alice);
    const asks = event({ accessKeyId: second.id }, { type: 'Persistence:IAMUser/AnomalousBehavior', severity: 5 });
    made.before.close = () => made.deliver(asks);
    const { found } = await respond(made);
    expect([found.stage, second.status]).toEqual(['parked', 'Active']);
  });

  it('is tried again where IAM says that somebody else writes the user at this moment', async () => {
    const made = seed();
    const error = awsError('ConcurrentModificationException', 'submit your request again', 409);
    made.aws.fail('iam:UpdateAccessKey', 1, { error });
    await respond(made);
    expect(made.key.status).toBe('Inactive');
  });
});
