import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { rolesOf } from '../../local/demo/account.ts';
import { sessionTaker } from '../../local/personas/session-taker.ts';
import { clientConfig } from '../../local/personas/work.ts';
import { writesOrders } from '../../local/seed.ts';
import { bus, caseOf, cloud, findingOnSession, seed, simulated } from './account.ts';
import { reserved, sweepableRole } from './deployed.ts';

const instance = 'i-0123456789abcdef0';
const send = async (detail: object) => (await bus('operator-roles')).put(simulated(detail));
const stateOf = async (name: string) => (await rolesOf(cloud.engine)).get(name);

/** Sessions of a new role, and what a call with one is answered. */
async function roleWithSessions(name: string) {
  await seed.orders();
  const launcher = await seed.launcher(`${name}-launcher`, name);
  const role = await seed.role(name, [launcher.arn]);
  const session = async (named: string) => {
    const taker = sessionTaker(cloud.engine, launcher.key, role.arn, named);
    const { credential } = await taker.read();
    taker.close();
    const worker = writesOrders(named)(clientConfig(cloud.engine, credential));
    return () =>
      worker.call(0).then(
        () => 'served',
        (error: Error) => error.name,
      );
  };
  return { role, session };
}

/** A new session once the cut-off has passed. */
async function afterCutoff<T>(cutoff: string | null | undefined, take: () => Promise<T>): Promise<T> {
  await pause(Math.max(0, Date.parse(cutoff ?? '') - Date.now() + 50));
  return take();
}

describe('a finding on the session of a role', () => {
  it('cuts the sessions of that instance and no other, and its next session is served', async () => {
    const { role, session } = await roleWithSessions('decoy-role-0');
    const [stolen, other] = [await session(instance), await session('nightly-export')];
    expect([await stolen(), await other()]).toEqual(['served', 'served']);
    await send(findingOnSession(role, instance));
    const found = await caseOf(role.name);
    expect(found).toMatchObject({ stage: 'closed', facts: { close: { verdict: 'contained-not-proven' } } });
    const next = await afterCutoff(found.facts.contain?.cutoff, () => session(instance));
    expect([await stolen(), await other(), await next()]).toEqual(['AccessDeniedException', 'served', 'served']);
  });

  it('of a name that others may bear cuts all older sessions where the role is listed for it, and serves new ones', async () => {
    const { role, session } = await roleWithSessions(sweepableRole);
    const older = [await session('deploy'), await session(instance)];
    await send(findingOnSession(role, 'deploy'));
    const found = await caseOf(role.name);
    expect(found.stage).toBe('closed');
    const next = await afterCutoff(found.facts.contain?.cutoff, () => session('deploy'));
    expect(await Promise.all(older.map((call) => call()))).toEqual(['AccessDeniedException', 'AccessDeniedException']);
    expect(await next()).toBe('served');
  });

  it('of a name that others may bear asks for any other role, and changes nothing before', async () => {
    const { role, session } = await roleWithSessions('decoy-role-2');
    const [named, before] = [await session('deploy'), await stateOf(role.name)];
    await send(findingOnSession(role, 'deploy'));
    expect(await caseOf(role.name)).toMatchObject({ stage: 'parked', facts: { park: { needs: 'an approval' } } });
    expect([await stateOf(role.name), await named()]).toEqual([before, 'served']);
  });

  it('about a re-created role of the same name touches nobody', async () => {
    const role = await seed.role('decoy-role-3', []);
    const before = await stateOf(role.name);
    await send(findingOnSession({ ...role, uniqueId: 'AROAAAAAAAAAAAAAAAAAA' }, instance));
    expect((await caseOf(role.name)).facts.park?.reason).toContain('the-unique-id-must-match');
    expect(await stateOf(role.name)).toEqual(before);
  });

  it('about a role of IAM Identity Center touches it not, and says where its access is taken', async () => {
    const role = await seed.role(reserved.name, [], { path: reserved.path });
    const before = await stateOf(role.name);
    await send(findingOnSession(role, instance));
    const { park, contain } = (await caseOf(role.name)).facts;
    expect(park?.reason).toContain('identity-center-roles-are-changed-in-their-permission-set');
    expect(contain?.reason).toContain('permission set');
    expect(await stateOf(role.name)).toEqual(before);
  });

  it('about one of our own roles touches it not', async () => {
    const name = `rescind-${cloud.engine.region}-contain`;
    const before = await stateOf(name);
    const arn = `arn:aws:iam::${cloud.engine.account}:role/${name}`;
    await send(findingOnSession({ name, arn, uniqueId: 'AROAAAAAAAAAAAAAAAAAA' }, instance));
    expect((await caseOf(name)).facts.park?.reason).toContain('the-pipeline-never-touches-itself');
    expect(await stateOf(name)).toEqual(before);
  });

  it('that was simulated about a role that is no decoy touches it not', async () => {
    const role = await seed.role('role-of-somebody', []);
    const before = await stateOf(role.name);
    await send(findingOnSession(role, instance));
    expect((await caseOf(role.name)).facts.park?.reason).toContain('simulated-findings-touch-only-decoys');
    expect(await stateOf(role.name)).toEqual(before);
  });
});
