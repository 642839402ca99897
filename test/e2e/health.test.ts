import { describe, expect, it } from 'vitest';
import { bus, caseFor, caseOf, cloud, exposedKey, seed, stateOf } from './account.ts';

describe('a key that AWS Health has found in public', () => {
  it('is cut, its secret rotated and its case closed, though the event comes from two Regions', async () => {
    const decoy = await seed.decoy('decoy-39', 'team-a');
    const events = await bus('operator-health');
    await Promise.all([events.put(exposedKey(decoy, 'us-east-1')), events.put(exposedKey(decoy, 'us-west-2'))]);
    const found = await caseOf(decoy.name, ({ stage }) => stage === 'closed');
    expect(found).toMatchObject({ attached: 1, run: 1, facts: { rotate: { rotations: [{ outcome: 'rotated' }] } } });
    const { keys = [] } = (await stateOf(decoy.name)) ?? {};
    expect(keys.find(({ id }) => id === decoy.key.accessKeyId)?.status).toBe('Inactive');
  });

  it('is cut as well where AWS Health does not say whose it is', async () => {
    const decoy = await seed.decoy('decoy-40', 'team-a');
    await (await bus('operator-health')).put(exposedKey({ key: decoy.key }, 'us-east-1'));
    const found = await caseFor(`access-key/${decoy.key.accessKeyId}`, ({ stage }) => stage === 'closed');
    expect(found.facts.contain?.user?.name).toBe(decoy.name);
    expect(found.identity.aliases).toContain(`user/${cloud.engine.account}/${decoy.name}`);
  });
});
