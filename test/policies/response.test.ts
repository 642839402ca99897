import { describe, expect, it } from 'vitest';
import { cedarDecide } from '#adapters/cedar';
import { planByHand, planCuts, planRotations } from '#core/plan/plan';
import type { Question } from '#core/ports';
import type { Answer } from '#core/step-facts';
import { aCase, aUser, ports } from '../build-case.ts';
import { finding, identity } from '../build-finding.ts';
import { policiesOf } from '../case-run.ts';
import { account, sessionKey, userId, userKey } from '../sources/guardduty-finding.ts';

const decide = cedarDecide(policiesOf());
const kinds = ['iam-user', 'iam-role', 'role-session', 'federated-user', 'root', 'service', 'external', 'unknown'];
const booleans = [false, true];

/** Every question that policy can be asked. */
function* questions(action: string): Generator<Question> {
  for (const kind of kinds)
    for (const mode of ['observe', 'guarded', 'enforce'] as const)
      for (const signal of ['advisory', 'blocking', 'immediate'])
        for (const uniqueId of ['matches', 'differs', 'absent'] as const)
          for (const madeBy of ['account', 'service', 'identity-center'] as const)
            for (const held of ['none', 'stopped', 'limit', 'taken back'] as const)
              for (let bits = 0; bits < 2 ** 9; bits += 1) {
                const bit = (n: number) => booleans[(bits >> n) & 1] as boolean;
                yield {
                  step: 'contain',
                  action,
                  identity: {
                    key: 'k',
                    kind,
                    protected: bit(0),
                    decoy: bit(1),
                    own: bit(2),
                    managed: bit(3),
                    accountMatches: bit(4),
                    uniqueId,
                    credentialBelongs: bit(5),
                    madeBy,
                    sweepable: bit(6),
                  },
                  context: {
                    mode,
                    signal,
                    simulated: bit(7),
                    contained: bit(8),
                    takenBack: held === 'taken back',
                    brake: held === 'taken back' ? 'none' : held,
                  },
                };
              }
}

/** The rules of design.md once more, in other words than the policies: whom nobody may touch, and what goes at once. */
function oracle({ action, identity: who, context }: Question): Answer {
  const untouchable =
    context.mode === 'observe' ||
    who.protected ||
    who.own ||
    who.kind === 'root' ||
    !who.accountMatches ||
    who.uniqueId === 'differs' ||
    who.madeBy !== 'account' ||
    (context.simulated && !who.decoy);
  if (untouchable) return 'forbidden';
  const sure = who.uniqueId === 'matches' || who.credentialBelongs;
  const knownRole = context.signal === 'immediate' && who.kind === 'role-session' && who.uniqueId === 'matches';
  const atOnce: Record<string, boolean> = {
    'deny-role-session': knownRole,
    'deny-older-role-sessions': knownRole && who.sweepable,
    'deactivate-access-key': context.signal === 'immediate' && who.kind === 'iam-user' && sure && who.credentialBelongs,
    'deny-user-sessions': context.signal === 'immediate' && who.kind === 'iam-user' && sure,
    'rotate-access-key': context.mode === 'enforce' && context.contained && who.managed,
  };
  return atOnce[action] && context.brake === 'none' && !context.takenBack ? 'auto' : 'approval';
}

describe('the policies in force', () => {
  it.each([
    'deactivate-access-key',
    'deny-user-sessions',
    'deny-role-session',
    'deny-older-role-sessions',
    'rotate-access-key',
    'contain-by-hand',
  ])(
    'answer every possible question about %s as the design says',
    (action) => {
      const wrong: unknown[] = [];
      let asked = 0;
      // One of 401 questions: Cedar takes milliseconds, and the stride is prime to every dimension.
      for (const question of questions(action)) {
        asked += 1;
        if (asked % 401 !== 0) continue;
        const { answer } = decide(question);
        if (answer !== oracle(question)) wrong.push({ question, answer, expected: oracle(question) });
      }
      expect(wrong).toEqual([]);
    },
    60_000,
  );

  it('quote the text of what forbids, so that the record explains itself', () => {
    const [question] = questions('deny-user-sessions');
    if (!question) throw new Error('no question');
    const { policies } = decide(question);
    expect(policies.find(({ id }) => id === 'observe-changes-nothing')?.text).toContain('forbid (principal');
  });
});

/** The same from the other end: situations as a step meets them. */
const situations = booleans.flatMap((isProtected) =>
  booleans.flatMap((foreign) =>
    booleans.flatMap((observe) =>
      booleans.flatMap((differs) =>
        booleans.flatMap((simulated) =>
          booleans.flatMap((decoy) =>
            booleans.flatMap((ours) => [{ isProtected, foreign, observe, differs, simulated, decoy, ours }]),
          ),
        ),
      ),
    ),
  ),
);

describe('planCuts', () => {
  it.each(situations)('answers auto only where nothing stands against it: %o', (each) => {
    const user = aUser();
    const about = finding({
      account: each.foreign ? '999988887777' : account,
      simulated: each.simulated,
      identity: { ...identity('alice'), uniqueId: each.differs ? 'AIDA9999000099990000B' : userId },
      credential: { accessKeyId: each.ours ? userKey : 'AKIA9999000099990000' },
    });
    const { ports: around } = ports({
      decide,
      settings: {
        mode: each.observe ? 'observe' : 'enforce',
        protected: each.isProtected ? [user.arn] : [],
        decoys: each.decoy ? [user.arn] : [],
      },
    });
    const found = aCase({}, about);
    const cuts = planCuts(
      { step: 'contain', found, findings: [about], user, role: null, contained: false, brake: null },
      'T',
      around,
    );
    const stands = each.isProtected || each.foreign || each.observe || each.differs || (each.simulated && !each.decoy);
    expect(Object.fromEntries(cuts.map(({ planned }) => [planned.action, planned.answer]))).toEqual({
      'deactivate-access-key': stands ? 'forbidden' : each.ours ? 'auto' : 'approval',
      'deny-user-sessions': stands ? 'forbidden' : 'auto',
    });
  });

  const planFor = (findings: ReturnType<typeof finding>[], user = aUser()) => {
    const { ports: around, asked } = ports({ decide });
    const found = aCase({}, findings[0]);
    const cuts = planCuts(
      { step: 'contain', found, findings, user, role: null, contained: false, brake: null },
      'T',
      around,
    );
    return { cuts, asked, said: cuts.map(({ planned }) => `${planned.credential} ${planned.answer}`) };
  };

  it('asks about each key that a finding names, once', () => {
    const both = [finding(), finding(), finding({ credential: { accessKeyId: 'AKIA9999000099990000' } })];
    expect(planFor(both).said).toEqual([
      `access-key/${userKey} auto`,
      'access-key/AKIA9999000099990000 approval',
      `user-sessions/${account}/alice auto`,
    ]);
  });

  it('asks about the active keys of the user where only a session was named', () => {
    const keys = [
      { id: 'AKIA0000000000000001', status: 'Active', createdAt: null },
      { id: 'AKIA0000000000000002', status: 'Inactive', createdAt: null },
    ];
    const { said } = planFor([finding({ credential: { accessKeyId: sessionKey } })], aUser({ keys }));
    expect(said).toEqual(['access-key/AKIA0000000000000001 approval', `user-sessions/${account}/alice auto`]);
  });

  it('plans nothing for an advisory finding', () => {
    expect(planFor([finding({ signal: 'advisory' })]).said).toEqual([]);
  });

  const other = finding({ identity: { ...identity('alice'), uniqueId: 'AIDA9999000099990000B' } });
  it.each<[string, ReturnType<typeof finding>[], string]>([
    ['the only one', [other], 'differs'],
    ['beside a weaker one that gives the present id', [other, finding({ signal: 'blocking' })], 'differs'],
    ['beside one as urgent that gives the present id, which alone counts', [other, finding()], 'matches'],
  ])('holds a unique id of somebody else against the user: %s', (_, findings, uniqueId) => {
    expect(planFor(findings).asked[0]?.identity.uniqueId).toBe(uniqueId);
  });
});

describe('planRotations', () => {
  it.each([
    ['both are managed', { rescind: 'managed' }, { rescind: 'managed' }, true],
    ['only the user is', { rescind: 'managed' }, {}, false],
    ['only the secret is', {}, { rescind: 'managed' }, false],
    ['the tag has another value', { rescind: 'yes' }, { rescind: 'managed' }, false],
  ])('calls the pair managed only where both are: %s', (_, userTags, secretTags, managed) => {
    const { ports: around, asked } = ports({ decide });
    const about = finding();
    const situation = {
      step: 'triage',
      found: aCase({}, about),
      findings: [about],
      user: aUser({ tags: userTags }),
      role: null,
      contained: true,
      brake: null,
    };
    planRotations(situation, [{ arn: 'arn:s', name: 's', tags: secretTags }], around);
    expect(asked[0]?.identity.managed).toBe(managed);
  });
});

describe('planByHand', () => {
  it.each([
    ['our own', 'rescind-eu-central-1-contain'],
    ["the CDK's, which deploys us", 'cdk-hnb659fds-deploy-role-111122223333-eu-central-1'],
  ])('says of a role of %s that nobody may touch it', (_, name) => {
    const { ports: around } = ports({ decide });
    const own = { kind: 'role-session' as const, key: `role/1/${name}`, aliases: [], name };
    const about = finding({ identity: own, credential: {} });
    const situation = {
      step: 'triage',
      found: aCase({}, about),
      findings: [about],
      user: null,
      role: null,
      contained: false,
      brake: null,
    };
    expect(planByHand(situation, around)).toMatchObject([
      { answer: 'forbidden', reason: expect.stringContaining('the-pipeline-never-touches-itself') },
    ]);
  });
});
