import { beforeAll, describe, expect, it } from 'vitest';
import * as actions from '#core/actions';
import { takeBackPermissions } from '#core/later/take-back';
import type { Permission } from '#core/permission';
import { type StepName, stepNames } from '#core/pipeline';
import { iamAccessKey } from '#core/rotators';
import * as allSteps from '#core/steps';
import { aRole, aUser, ports } from './build-case.ts';
import { fakeAws } from './fake-aws.ts';
import { event, respond, type Seeded, seed } from './seed.ts';
import { type Json, roleId, roleKey, userId, userKey } from './sources/guardduty-finding.ts';
import { eventAbout } from './sources/health-event.ts';

/** Between them these make every call that there is. */
const scenarios: [string, () => Seeded, Json?][] = [
  ['the story as it goes', () => seed()],
  [
    'a crash that leaves an orphan',
    () => {
      const made = seed();
      made.before.rotate = () =>
        made.aws.fail('secretsmanager:PutSecretValue', 1, {
          error: Object.assign(new Error('broke'), { $metadata: {} }),
        });
      return made;
    },
  ],
  [
    'two keys of his own',
    () => {
      const made = seed();
      made.aws.addKey(made.alice);
      return made;
    },
  ],
  [
    'a key that is switched on again',
    () => {
      const made = seed();
      made.before.revoke = () => {
        made.key.status = 'Active';
      };
      return made;
    },
  ],
  [
    'a further finding, once the cuts stand',
    () => {
      const made = seed();
      const further = event();
      made.before.close = () => made.deliver(further);
      return made;
    },
  ],
  [
    'the session of a role',
    () => {
      const made = seed();
      const attached = [made.aws.addPolicy('more', { Statement: [] })];
      made.aws.addRole('web-server', { uniqueId: roleId, policies: new Map([['work', '{}']]), attached });
      return made;
    },
    event(roleKey),
  ],
  ['a key alone', () => seed(), eventAbout([userKey])],
  ...(['revoke', 'verify'] as const).map((step): [string, () => Seeded] => [
    `a user who is called otherwise before ${step}`,
    () => {
      const made = seed();
      made.before[step] = () => {
        made.aws.users.delete('alice');
        made.aws.users.set('mallory', Object.assign(made.alice, { name: 'mallory' }));
      };
      return made;
    },
  ]),
];
const used = new Map<StepName, Set<string>>();
const told = new Set<StepName>();

beforeAll(async () => {
  for (const [, arrange, about] of scenarios) {
    const made = arrange();
    const { notify } = made.topic;
    made.topic.notify = (notice) => {
      told.add(made.visited.at(-1) ?? 'park');
      return notify(notice);
    };
    await respond(made, about ?? event());
    for (const { by, operation } of made.aws.calls)
      used.set(by as StepName, (used.get(by as StepName) ?? new Set()).add(operation));
  }
});

const names = (permissions: readonly Permission[]) =>
  [...new Set(permissions.map(({ action }) => action))].filter(
    // A role is passed by making a schedule: no call has that name.
    (action) => /^(iam|secretsmanager|scheduler):/.test(action) && action !== 'iam:PassRole',
  );
const stepOf = (name: StepName) => Object.values(allSteps).find((step) => step.name === name);

describe.each(stepNames)('the step %s', (name) => {
  it('declares every operation that it calls, and asks for none that it does not', () => {
    expect([...(used.get(name) ?? [])].toSorted()).toEqual(names(stepOf(name)?.permissions ?? []).toSorted());
  });

  it('may publish exactly if it tells people something', () => {
    const mayPublish = stepOf(name)?.permissions.some(({ action }) => action === 'sns:Publish');
    expect(mayPublish).toBe(told.has(name));
  });
});

describe('a step that decides nothing about identities', () => {
  it.each(['assign-owner', 'close', 'park'] as const)('may touch none: %s', (name) => {
    expect(names(stepOf(name)?.permissions ?? []).filter((action) => !action.startsWith('scheduler:'))).toEqual([]);
  });
});

describe.each(Object.values(actions))('the action $name', (action) => {
  const world = () => {
    const aws = fakeAws();
    aws.addKey(aws.addUser('alice', {}, userId), userKey);
    aws.addRole('web-server');
    const user = { user: aUser(), keyId: userKey };
    const role = { role: aRole(), session: 'i-0123456789abcdef0' };
    const target = { caseId: 'c-1', cutoff: '2026-08-20T10:00:31Z', ...user, ...role };
    return { aws, target, call: ports({ aws }).ports.aws };
  };
  const called = (aws: ReturnType<typeof fakeAws>) => [...new Set(aws.calls.map(({ operation }) => operation))];

  it('uses what it declares to make its change, and nothing else', async () => {
    const { aws, target, call } = world();
    await action.run(target, call);
    expect(called(aws)).toEqual(names(action.permissions));
  });

  it('uses what it declares to read the change back, and nothing else', async () => {
    const { aws, target, call } = world();
    await action.run(target, call);
    aws.calls.length = 0;
    await action.readBack(target, call);
    expect(called(aws)).toEqual(names(action.proofPermissions));
  });
});

describe('what is taken back', () => {
  it.each(Object.values(actions))('$name uses what it declares for undo, and nothing else', async (action) => {
    const aws = fakeAws();
    aws.addKey(aws.addUser('alice', {}, userId), userKey);
    aws.addRole('web-server');
    const both = { user: aUser(), keyId: userKey, role: aRole(), session: 'i-0123456789abcdef0' };
    const target = { caseId: 'c-1', cutoff: '2026-08-20T10:00:31Z', ...both };
    const call = ports({ aws }).ports.aws;
    const after = await action.run(target, call);
    aws.calls.length = 0;
    await action.undo(target, { action: action.name, credential: '', outcome: 'done', before: null, after }, call);
    expect([...new Set(aws.calls.map(({ operation }) => operation))]).toEqual(names(action.undoPermissions));
  });

  it('needs no permission that gives a credential or its use back', () => {
    const wanted = names(takeBackPermissions);
    const reads = /^iam:(Get(User|Role)(Policy)?|ListAccessKeys|GetAccessKeyLastUsed)$/;
    const changes = wanted.filter((action) => !reads.test(action));
    expect(changes.filter((action) => !/^iam:Delete(User|Role)Policy$/.test(action))).toEqual([]);
  });
});

describe('the rotator iam-access-key', () => {
  it('declares what rotate uses beyond looking up the user, and nothing else', () => {
    const lookUp = ['iam:GetUser'];
    const calls = [...(used.get('rotate') ?? [])].filter((operation) => !lookUp.includes(operation)).toSorted();
    expect(calls).toEqual(names(iamAccessKey.permissions).toSorted());
  });
});

describe('changes that cannot be undone', () => {
  it('are declared by the rotator alone: it deletes the orphan of a crash', () => {
    const deleters = Object.values(allSteps).filter(({ permissions }) =>
      names(permissions).some((action) => action.includes(':Delete')),
    );
    expect(deleters.map(({ name }) => name)).toEqual(['rotate']);
  });

  it('reach only what is managed', () => {
    const guarded = /:(CreateAccessKey|DeleteAccessKey|PutSecretValue|UpdateSecretVersionStage|GetSecretValue)$/;
    const wrong = Object.values(allSteps)
      .flatMap(({ permissions }) => permissions)
      .filter(({ action, on }) => guarded.test(action) && !on.startsWith('managed-'));
    expect(wrong).toEqual([]);
  });
});
