import { describe, expect, it } from 'vitest';
import { bus, caseOf, cloud, seed, stateOf } from './account.ts';

const code = 'AWS_RISK_CREDENTIALS_EXPOSED';

/** What AWS Health sends of an exposed key (User Guide, "EventBridge schema"), over the simulation bus. */
function exposed({ name, key }: { name: string; key: { accessKeyId: string } }, region: string) {
  const { account } = cloud.engine;
  const detail = {
    eventArn: `arn:aws:health:us-east-1::event/RISK/${code}/${code}-${name}`,
    service: 'RISK',
    eventTypeCode: code,
    eventTypeCategory: 'issue',
    eventScopeCode: 'ACCOUNT_SPECIFIC',
    startTime: new Date().toUTCString(),
    statusCode: 'open',
    eventRegion: region,
    eventMetadata: { accountId: account, publicKey: key.accessKeyId, userName: name },
    affectedEntities: [{ entityValue: key.accessKeyId }],
    affectedAccount: account,
  };
  return { Source: 'rescind.simulated.health', DetailType: 'AWS Health Event', Detail: JSON.stringify(detail) };
}

describe('a key that AWS Health has found in public', () => {
  it('is cut, its secret rotated and its case closed, though the event comes from two Regions', async () => {
    const decoy = await seed.decoy('decoy-39', 'team-a');
    const events = await bus('operator-health');
    await Promise.all([events.put(exposed(decoy, 'us-east-1')), events.put(exposed(decoy, 'us-west-2'))]);
    const found = await caseOf(decoy.name, ({ stage }) => stage === 'closed');
    expect(found).toMatchObject({ attached: 1, run: 1, facts: { rotate: { rotations: [{ outcome: 'rotated' }] } } });
    const { keys = [] } = (await stateOf(decoy.name)) ?? {};
    expect(keys.find(({ id }) => id === decoy.key.accessKeyId)?.status).toBe('Inactive');
  });
});
