import { describe, expect, it } from 'vitest';
import { triage } from '#core/steps';
import { aCase, ports } from './build-case.ts';
import { finding, identity, keyOnly } from './build-finding.ts';
import { fakeAws } from './fake-aws.ts';
import { event, respond, type Seeded, seed } from './seed.ts';
import { alice as caller, createAccessKey, trailEnvelope } from './sources/cloudtrail-record.ts';
import {
  account,
  envelope,
  findingAbout,
  type Json,
  sessionKey,
  userId,
  userKey,
} from './sources/guardduty-finding.ts';
import { accessKey, event as hubEvent, seen } from './sources/securityhub-event.ts';

/** Whoever holds a session of alice makes a key with it. */
function makesKey(made: Seeded) {
  const key = made.aws.addKey(made.alice);
  const userIdentity = { ...caller, accessKeyId: sessionKey };
  const eventTime = made.clock.now().toISOString();
  return { key, told: trailEnvelope(createAccessKey({ eventTime, userIdentity }, { accessKeyId: key.id })) };
}
const asked = (found: Awaited<ReturnType<typeof respond>>['found']) =>
  (found.facts['assign-owner']?.asks ?? []).map(({ credential }) => credential);
const byHand = ({ facts }: Parameters<typeof asked>[0]) =>
  (facts.triage?.plan ?? []).flatMap(({ action, credential }) => (action === 'contain-by-hand' ? [credential] : []));

describe('a key made with a stolen session', () => {
  it.each([
    ['that a secret holds', undefined],
    ['that no secret holds', null],
  ])('does not take the first key %s out of the plan', async (_, secret) => {
    const made = seed({ ...(secret === null && { secret }) });
    const { key, told } = makesKey(made);
    await made.deliver(told);
    const { found } = await respond(made, event({ accessKeyId: sessionKey }));
    expect([found.stage, key.status, made.key.status]).toEqual(['parked', 'Inactive', 'Active']);
    expect(asked(found)).toContain(`access-key/${userKey}`);
    expect(found.facts.park?.reason).toContain(userKey);
  });

  it('leaves a further key out where every finding that opened the case names one', async () => {
    const made = seed();
    const other = made.aws.addKey(made.alice);
    const { found } = await respond(made);
    expect(found.facts.triage?.plan.map(({ credential }) => credential)).not.toContain(`access-key/${other.id}`);
  });
});

const bob = { name: 'bob', uid: 'AIDABOB9222233334444A', key: 'AKIABOB1222233334444' };
const alice = { name: 'alice', uid: userId, key: userKey };
const sequence = (...actors: (typeof bob)[]): Json => {
  const about = findingAbout(
    {},
    { id: 'f'.repeat(32), type: 'AttackSequence:IAM/CompromisedCredentials', severity: 9 },
  );
  const users = actors.map(({ name, uid, key }) => ({
    id: name,
    user: { name, uid, type: 'IAMUser', credentialUid: key, account: { uid: account } },
  }));
  const service = { detection: { sequence: { uid: 'x', actors: users } } };
  return envelope({ ...about, resource: { resourceType: 'AttackSequence' }, service });
};

describe('an attack sequence that joins the case of one of its actors', () => {
  it('leaves the others to a person, each by name', async () => {
    const made = seed();
    const key = made.aws.addKey(made.aws.addUser('bob', {}, bob.uid), bob.key);
    made.before.triage = () => made.deliver(sequence(alice, bob));
    const { found } = await respond(made);
    expect([found.stage, made.key.status, key.status]).toEqual(['parked', 'Inactive', 'Active']);
    expect(byHand(found)).toEqual([`access-key/${bob.key}`, `user/${account}/bob`]);
    expect(found.facts.park?.reason).toContain(`contain-by-hand of user/${account}/bob: approval`);
    expect(await made.verify(found.id)).toMatchObject({ ok: true });
  });

  it.each(['revoke', 'verify', 'close'] as const)(
    'asks nobody about the key that the case has made itself (just before %s)',
    async (step) => {
      const made = seed();
      made.before[step] = () => made.deliver(sequence(alice, { ...alice, key: made.alice.keys.at(-1)?.id ?? '' }));
      const { found } = await respond(made);
      expect([found.stage, found.taken, byHand(found)]).toEqual(['closed', 2, []]);
      expect(made.alice.keys.map(({ status }) => status)).toEqual(['Inactive', 'Active']);
    },
  );

  it('asks about that key where something was seen since it was made', async () => {
    const made = seed();
    made.before.close = () => {
      made.clock.pass(60_000);
      const told = sequence(alice, alice);
      const seen = { eventLastSeen: made.clock.now().toISOString() };
      Object.assign(told.detail as Json, { updatedAt: seen.eventLastSeen });
      Object.assign((told.detail as Json).service as Json, seen);
      return made.deliver(told);
    };
    const { found } = await respond(made);
    expect(asked(found)).toEqual([`access-key/${made.alice.keys.at(-1)?.id}`]);
  });

  it('leaves nobody else to a person where all its actors are the one that the case is about', async () => {
    const made = seed();
    made.before.triage = () => made.deliver(sequence(alice, alice));
    const { found } = await respond(made);
    expect([byHand(found), found.taken]).toEqual([[], 2]);
  });
});

describe('a session key that an attack sequence names beside one of its actors', () => {
  it('is for a person although a weaker finding gives it to him', async () => {
    const made = seed();
    const nobody = { name: '', uid: '', key: sessionKey };
    made.before.triage = async () => {
      await made.deliver(sequence(alice, nobody));
      const forged = hubEvent([
        seen({
          Severity: { Label: 'LOW' },
          Resources: [accessKey({ AccessKeyId: sessionKey, PrincipalName: 'alice', PrincipalType: 'IAMUser' })],
        }),
      ]);
      return made.deliver(forged);
    };
    const { found } = await respond(made);
    expect([found.stage, byHand(found)]).toEqual(['parked', [`access-key/${sessionKey}`]]);
  });
});

describe('an attack sequence that opens a case', () => {
  it('leaves each of them to a person, and has what is found about one of them alone handled as a case of its own', async () => {
    const made = seed();
    const key = made.aws.addKey(made.aws.addUser('bob', {}, bob.uid), bob.key);
    const { found } = await respond(made, sequence(alice, bob));
    expect([found.identity.kind, found.stage, made.key.status, key.status]).toEqual([
      'unknown',
      'parked',
      'Active',
      'Active',
    ]);
    expect(byHand(found).slice(1)).toEqual([
      `access-key/${userKey}`,
      `access-key/${bob.key}`,
      `user/${account}/alice`,
      `user/${account}/bob`,
    ]);
    const own = await respond(made);
    expect([own.found.id === found.id, own.found.stage, made.key.status]).toEqual([false, 'closed', 'Inactive']);
  });
});

describe('a drill', () => {
  const drill = (details: Json, overrides: Json = {}) => ({
    ...event(details, overrides),
    source: 'rescind.simulated.guardduty',
  });
  const settings = { decoys: ['arn:aws:iam::111122223333:user/decoy'] };

  it.each([
    ['with the id of the real finding', {}, { id: 'same' }],
    ['on a decoy that names the key of the victim', { userName: 'decoy', principalId: undefined }, {}],
  ])('%s shields nobody from it', async (_, details, overrides) => {
    const made = seed({ settings });
    made.aws.addUser('decoy');
    const before = await respond(made, drill(details, overrides));
    expect([before.found.simulated, made.key.status]).toEqual([true, 'Active']);
    const { found, ended } = await respond(made, event({}, { id: 'same' }));
    expect([found.id === before.found.id, found.simulated, ended, made.key.status]).toEqual([
      false,
      false,
      'SUCCEEDED',
      'Inactive',
    ]);
  });
});

describe('a finding that names nobody for certain', () => {
  const stray = 'AKIASTRAY22233334444';
  const others = async (...more: ReturnType<typeof finding>[]) => {
    const aws = fakeAws();
    aws.addKey(aws.addUser('alice', {}, userId), userKey);
    const first = finding();
    const done = await triage.run({ found: aCase({}, first), findings: [first, ...more] }, ports({ aws }).ports);
    return done?.facts.plan.flatMap(({ action, credential }) => (action === 'contain-by-hand' ? [credential] : []));
  };

  it.each([
    ['a key that is not the subject’s', finding({ identity: keyOnly(stray) }), [`access-key/${stray}`]],
    ['the subject’s own key', finding({ identity: keyOnly() }), []],
    ['a stranger’s key, by an advisory', finding({ identity: keyOnly(stray), signal: 'advisory' }), []],
  ])('asks for a person only for somebody else: %s', async (_, more, credentials) => {
    expect(await others(more)).toEqual(credentials);
  });

  it('is covered by whatever another finding says is the subject’s', async () => {
    const known = finding({ identity: identity('alice', sessionKey), credential: { accessKeyId: sessionKey } });
    expect(await others(known, finding({ identity: keyOnly(sessionKey) }))).toEqual([]);
  });

  it('asks once for one credential, however many findings name it', async () => {
    const twice = [finding({ identity: keyOnly(stray) }), finding({ identity: keyOnly(stray) })];
    expect(await others(...twice)).toEqual([`access-key/${stray}`]);
  });
});

describe('a second key that a contradiction and a weaker finding name', () => {
  it('is for a person: the cut of the first says nothing of it', async () => {
    const made = seed();
    const second = made.aws.addKey(made.alice);
    made.before.triage = async () => {
      const low = { Severity: { Label: 'LOW' } };
      const of = (details: Json) => accessKey({ AccessKeyId: second.id, PrincipalType: 'IAMUser', ...details });
      await made.deliver(hubEvent([seen({ Id: 'a', ...low, Resources: [of({ PrincipalName: 'alice' })] })]));
      return made.deliver(
        hubEvent([seen({ Id: 'b', Resources: [of({ PrincipalName: 'alice', PrincipalType: 'Role' })] })]),
      );
    };
    const { found } = await respond(made);
    expect([made.key.status, found.stage, asked(found)]).toEqual([
      'Inactive',
      'parked',
      expect.arrayContaining([`access-key/${second.id}`]),
    ]);
  });
});

describe('a user whom the holder of his key has called otherwise', () => {
  it('is cut all the same, where key and unique id are his', async () => {
    const made = seed({ secret: null });
    made.aws.users.delete('alice');
    made.aws.users.set('mallory', Object.assign(made.alice, { name: 'mallory' }));
    const { found } = await respond(made);
    expect([made.key.status, made.alice.policies.size, found.stage]).toEqual(['Inactive', 1, 'closed']);
  });
});
