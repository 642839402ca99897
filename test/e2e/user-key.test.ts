import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { bus, caseOf, cloud, findingOn, seed, simulated, stateOf } from './account.ts';
import { protectedName } from './deployed.ts';

const send = async (detail: object) => (await bus('operator-story')).put(simulated(detail));
const sfn = new SFNClient({
  endpoint: cloud.engine.endpoint,
  region: cloud.engine.region,
  credentials: cloud.engine.root,
});
/** The executions of a case once all of them have ended: the case is closed some milliseconds before. */
const executionsOf = async (caseId: string): Promise<{ name?: string | undefined; status?: string | undefined }[]> => {
  const { executions } = await sfn.send(new ListExecutionsCommand({ stateMachineArn: cloud.outputs.CaseMachine }));
  const own = (executions ?? []).filter(({ name }) => name?.startsWith(caseId));
  if (own.some(({ status }) => status === 'RUNNING')) return executionsOf(caseId);
  return own.map(({ name, status }) => ({ name, status }));
};

describe('a finding on the leaked key of a managed user', () => {
  it('goes from the bus to a closed case that claims what was proven', async () => {
    const decoy = await seed.decoy('decoy-0', 'team-a');
    await send(findingOn(decoy));
    const found = await caseOf(decoy.name);
    expect(found).toMatchObject({ stage: 'closed', facts: { close: { verdict: 'contained-not-proven' } } });
    expect(found.facts.verify?.credentials.map(({ verdict }) => verdict)).toEqual(['revoked', 'contained-not-proven']);
    expect(await executionsOf(found.id)).toEqual([{ name: `${found.id}-1`, status: 'SUCCEEDED' }]);
  });

  it('sent four times opens one case, runs it once and makes one key', async () => {
    const decoy = await seed.decoy('decoy-1', 'team-a');
    const finding = findingOn(decoy);
    await Promise.all([send(finding), send(finding), send(finding), send(finding)]);
    const found = await caseOf(decoy.name);
    expect(await executionsOf(found.id)).toHaveLength(1);
    expect((await stateOf(decoy.name))?.keys).toHaveLength(2);
  });

  it('is parked with the last use of both keys where the user has two of its own, after the cut', async () => {
    const decoy = await seed.decoy('decoy-2', 'team-a');
    await seed.secondKey(decoy.name);
    await send(findingOn(decoy));
    const found = await caseOf(decoy.name);
    expect(found.facts.park?.error).toBeNull();
    expect(found.facts.rotate?.blocked?.keys).toHaveLength(2);
    expect(found.stage).toBe('parked');
    const state = await stateOf(decoy.name);
    expect(state?.keys.find(({ id }) => id === decoy.key.accessKeyId)?.status).toBe('Inactive');
    expect(await executionsOf(found.id)).toEqual([{ name: `${found.id}-1`, status: 'FAILED' }]);
  });

  it('about a re-created user of the same name touches nobody and asks', async () => {
    const decoy = await seed.decoy('decoy-3', 'team-a');
    const before = await stateOf(decoy.name);
    await send(findingOn({ ...decoy, uniqueId: 'AIDAAAAAAAAAAAAAAAAAA' }));
    expect((await caseOf(decoy.name)).facts.park?.reason).toContain('the-unique-id-must-match');
    expect(await stateOf(decoy.name)).toEqual(before);
  });

  it('about a user who does not exist asks, and no step fails', async () => {
    const nobody = { name: 'decoy-never-made', uniqueId: 'AIDAAAAAAAAAAAAAAAAAA' };
    await send(findingOn({ ...nobody, key: { accessKeyId: 'AKIA1111222233334444', secretAccessKey: '' } }));
    expect((await caseOf(nobody.name)).facts.park).toMatchObject({ error: null, needs: expect.any(String) });
  });

  it('about a protected user touches nobody and parks the case', async () => {
    const user = await seed.user(protectedName, [], { rescind: 'managed' });
    const before = await stateOf(user.name);
    await send(findingOn(user));
    expect((await caseOf(user.name)).facts.park?.reason).toContain('protected-identities-are-never-touched');
    expect(await stateOf(user.name)).toEqual(before);
  });

  it('that was simulated about somebody who is no decoy touches nobody', async () => {
    const user = await seed.user('not-a-decoy', [], { rescind: 'managed' });
    const before = await stateOf(user.name);
    await send(findingOn(user));
    expect((await caseOf(user.name)).facts.park?.reason).toContain('simulated-findings-touch-only-decoys');
    expect(await stateOf(user.name)).toEqual(before);
  });

  it('of another account touches nobody, though a user of that name lives here', async () => {
    const decoy = await seed.decoy('decoy-4', 'team-a');
    const before = await stateOf(decoy.name);
    await send(findingOn(decoy, { accountId: '111122223333' }));
    const found = await caseOf(decoy.name);
    expect(found.facts.park?.reason).toContain('only-in-the-findings-own-account');
    expect(await stateOf(decoy.name)).toEqual(before);
  });

  it('that needs a decision asks, and changes nothing before', async () => {
    const decoy = await seed.decoy('decoy-5', 'team-a');
    const before = await stateOf(decoy.name);
    await send(findingOn(decoy, { type: 'Persistence:IAMUser/AnomalousBehavior' }));
    expect(await caseOf(decoy.name)).toMatchObject({
      stage: 'parked',
      facts: { park: { error: null, needs: 'an approval' } },
    });
    expect(await stateOf(decoy.name)).toEqual(before);
  });

  it('is taken up by a next run where its case is parked', async () => {
    const decoy = await seed.decoy('decoy-6', 'team-a');
    await send(findingOn(decoy, { type: 'Persistence:IAMUser/AnomalousBehavior' }));
    const parked = await caseOf(decoy.name);
    await send(findingOn(decoy));
    const found = await caseOf(decoy.name, ({ stage }) => stage === 'closed');
    expect(found).toMatchObject({ id: parked.id, run: 2 });
    expect(await executionsOf(found.id)).toContainEqual({ name: `${found.id}-2`, status: 'SUCCEEDED' });
  });
});
