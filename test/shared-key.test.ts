import { describe, expect, it } from 'vitest';
import { world } from './case-run.ts';
import { event, respond, seed } from './seed.ts';
import { account, type Json, roleId, roleKey, sessionKey, userKey } from './sources/guardduty-finding.ts';
import { eventAbout, healthEvent } from './sources/health-event.ts';
import { accessKey, control, event as hubEvent, iamUser, seen } from './sources/securityhub-event.ts';

/** What whoever may call BatchImportFindings has Security Hub tell. */
const imported = (resource: Json, overrides: Json = {}) => {
  const ProductArn = `arn:aws:securityhub:eu-central-1:${account}:product/${account}/default`;
  const ours = { Id: 'x', ProductArn, ProductName: 'Default', CompanyName: 'Personal', Resources: [resource] };
  return hubEvent([seen({ ...ours, ...overrides })]);
};
const keyOf = (PrincipalName: string, AccessKeyId = userKey) =>
  accessKey({ AccessKeyId, PrincipalName, PrincipalType: 'IAMUser' });

describe('a key that a forged finding gives to another user', () => {
  it('neither has that user cut by what AWS says of its holder, nor spares the holder', async () => {
    const made = seed({ secret: null });
    const bob = made.aws.addUser('bob');
    await made.deliver(imported(keyOf('bob', made.aws.addKey(bob).id), { Id: 'x1' }));
    await made.deliver(imported(keyOf('bob'), { Id: 'x2' }));
    await made.drain();
    await made.deliver(healthEvent());
    await made.drain();
    expect([bob.policies.size, made.key.status]).toEqual([0, 'Inactive']);
  });

  it('does not shield its holder where that user is not there', async () => {
    const made = seed({ secret: null });
    await made.deliver(imported(keyOf('nobody-here')));
    await made.drain();
    const { found } = await respond(made);
    expect([found.identity.name, made.key.status]).toEqual(['alice', 'Inactive']);
    expect(await made.verify(found.id)).toMatchObject({ ok: true, closed: true });
  });

  it('does not shield the role whose session it is', async () => {
    const made = world();
    const web = made.aws.addRole('web-server', { uniqueId: roleId });
    await made.deliver(imported(keyOf('bob', sessionKey)));
    await made.drain();
    await made.deliver(event(roleKey));
    await made.drain();
    expect(web.policies.size).toBe(1);
  });
});

describe('a key of which AWS Health alone tells', () => {
  it.each([
    ['a weaker', 'LOW', 'before'],
    ['a weaker', 'LOW', 'after'],
    ['an equally strong', 'HIGH', 'before'],
    ['an equally strong', 'HIGH', 'after'],
  ])('is cut although %s finding gives it to another user (%s, %s it)', async (_, Label, when) => {
    const made = seed({ secret: null });
    made.aws.addUser('bob');
    const forged = () => made.deliver(imported(keyOf('bob'), { Severity: { Label } }));
    if (when === 'before') await forged();
    await made.deliver(eventAbout([userKey]));
    if (when === 'after') await forged();
    await made.drain();
    expect(made.key.status).toBe('Inactive');
    for (const { id, stage } of await made.cases())
      if (stage !== 'noted') expect(await made.verify(id)).toMatchObject({ ok: true });
  });

  it('leads what is found about that other user to no case but his own', async () => {
    const made = seed({ secret: null });
    const bob = made.aws.addUser('bob', {}, 'AIDABOB9222233334444A');
    const key = made.aws.addKey(bob, 'AKIABOB1222233334444');
    await made.deliver(eventAbout([userKey]));
    await made.deliver(imported(keyOf('bob')));
    await made.deliver(event({ accessKeyId: key.id, userName: 'bob', principalId: bob.uniqueId }));
    await made.drain();
    expect([made.key.status, key.status]).toEqual(['Inactive', 'Inactive']);
  });
});

describe('a user to whom a forged finding gives a key before AWS Health tells of it', () => {
  it('is cut by what is found about him: he does not share the case of the key', async () => {
    const made = seed({ secret: null });
    const bob = made.aws.addUser('bob', {}, 'AIDABOB9222233334444A');
    const key = made.aws.addKey(bob, 'AKIABOB1222233334444');
    for (const told of [
      imported(keyOf('bob')),
      eventAbout([userKey]),
      event({ accessKeyId: key.id, userName: 'bob', principalId: bob.uniqueId }),
    ]) {
      await made.deliver(told);
      await made.drain();
    }
    expect([made.key.status, key.status]).toEqual(['Inactive', 'Inactive']);
  });
});

describe('a key of which AWS Health tells beside a finding on its holder', () => {
  it.each(['immediate', 'blocking'])('has one case with it, whatever the order, where that is %s', async (signal) => {
    const made = seed({ secret: null });
    const asks = signal === 'blocking' ? { type: 'Persistence:IAMUser/AnomalousBehavior' } : {};
    await made.deliver(event({}, asks));
    await made.drain();
    await made.deliver(eventAbout([userKey]));
    await made.drain();
    expect(made.key.status).toBe('Inactive');
    const open = (await made.cases()).filter(({ attached }) => attached === 2);
    expect(open.length).toBe(signal === 'blocking' ? 1 : 0);
  });
});

describe('a finding whose update tells of another user', () => {
  it('and then of the first again is about the first', async () => {
    const made = seed({ secret: null });
    const bob = made.aws.addUser('bob', {}, 'AIDABOB9222233334444A');
    const key = made.aws.addKey(bob, 'AKIABOB1222233334444');
    const about = { alice: {}, bob: { accessKeyId: key.id, userName: 'bob', principalId: bob.uniqueId } };
    const id = '5ec1de'.padEnd(32, 'a');
    const told: (string | undefined)[] = [];
    for (const who of [about.alice, about.bob, about.alice]) {
      const { found } = await respond(made, event(who, { id }));
      told.push(found.identity.name);
    }
    expect(told).toEqual(['alice', 'bob', 'alice']);
  });

  it('does not lead that user into the case of the first', async () => {
    const made = seed({ secret: null });
    const bob = made.aws.addUser('bob', {}, 'AIDABOB9222233334444A');
    const key = made.aws.addKey(bob, 'AKIABOB1222233334444');
    for (const name of ['mallory', 'bob']) {
      await made.deliver(imported(iamUser(name, { UserName: name })));
      await made.drain();
    }
    await respond(made, event({ accessKeyId: key.id, userName: 'bob', principalId: bob.uniqueId }));
    expect(key.status).toBe('Inactive');
  });
});

describe('a control that fails day after day', () => {
  it('is noted once, and starts no run', async () => {
    const made = seed({ secret: null });
    const ids = ['IAM.3', 'IAM.5', 'IAM.8'];
    for (let day = 0; day < 10; day += 1) {
      made.clock.pass(24 * 3_600_000);
      const at = made.clock.now().toISOString();
      for (const id of ids) {
        await made.deliver(hubEvent([control(id, { LastObservedAt: at, UpdatedAt: at })]));
        await made.drain();
      }
    }
    expect(made.executions.size).toBe(0);
    expect((await made.cases()).map(({ stage, attached }) => [stage, attached])).toEqual([['noted', ids.length]]);
  });

  it('reopens no case that it had joined, cut or not', async () => {
    const made = seed({ secret: null });
    const fails = () => {
      const at = made.clock.now().toISOString();
      return made.deliver(hubEvent([control('IAM.3', { LastObservedAt: at, UpdatedAt: at })]));
    };
    made.before.verify = fails;
    const { found } = await respond(made);
    const runs = made.executions.size;
    for (let day = 0; day < 3; day += 1) {
      made.clock.pass(24 * 3_600_000);
      await fails();
      await made.drain();
    }
    expect([found.attached, found.cuts.length > 0, made.executions.size - runs]).toEqual([2, true, 0]);
  });
});

describe('a look that finds a cut broken while another case of the identity is open', () => {
  it('has it made again', async () => {
    const made = seed();
    const { found } = await respond(made);
    made.clock.pass(3_600_000);
    const other = await respond(made, event({}, { type: 'Persistence:IAMUser/AnomalousBehavior', severity: 5 }));
    expect([other.found.id === found.id, other.found.stage]).toEqual([false, 'parked']);
    made.clock.pass(37 * 3_600_000);
    made.key.status = 'Active';
    expect(await made.look(found.id)).toMatchObject({ outcome: 'reopens' });
    const runs = made.executions.size;
    for (const message of made.sent) await made.control(message);
    await made.drain();
    expect([made.key.status, made.executions.size - runs]).toEqual(['Inactive', 1]);
    expect(await made.verify(found.id)).toMatchObject({ ok: true });
  });
});
