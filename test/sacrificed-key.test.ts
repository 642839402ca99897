import { expect, it } from 'vitest';
import { event, respond, seed } from './seed.ts';
import { alice as caller, createAccessKey, trailEnvelope } from './sources/cloudtrail-record.ts';
import { sessionKey } from './sources/guardduty-finding.ts';

it('a key that the attacker makes with a stolen session does not take away the question about the key behind it', async () => {
  const made = seed();
  const { id: sacrificed } = made.aws.addKey(made.alice, 'AKIAATTACKER00000001');
  const userIdentity = { ...(caller as object), accessKeyId: sessionKey };
  const eventTime = made.clock.now().toISOString();
  await made.deliver(trailEnvelope(createAccessKey({ eventTime, userIdentity }, { accessKeyId: sacrificed })));
  const { found } = await respond(made, event({ accessKeyId: sessionKey }));
  expect(made.alice.keys.find(({ id }) => id === sacrificed)?.status).toBe('Inactive');
  expect(found.stage).toBe('parked');
  expect(found.facts.park?.reason).toContain(`access-key/${made.key.id}: approval`);
});
