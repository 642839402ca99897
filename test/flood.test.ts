import { describe, expect, it } from 'vitest';
import { event, type Seeded, seed } from './seed.ts';
import { createAccessKey, trailEnvelope } from './sources/cloudtrail-record.ts';

const low = { type: 'Discovery:IAMUser/AnomalousBehavior', severity: 2 };

/** What the attacker can make as often as it likes: events about itself. */
async function flood(made: Seeded): Promise<void> {
  for (let n = 0; n < 60; n += 1) {
    const eventID = `77777777-7777-4888-8999-${String(n).padStart(12, '0')}`;
    const record = createAccessKey(
      { eventID, eventTime: made.clock.now().toISOString() },
      { accessKeyId: `AKIA${String(n).padStart(16, '7')}` },
    );
    await made.deliver(trailEnvelope(record));
  }
}

describe('a flood of events that an identity makes about itself', () => {
  it('does not hide the immediate finding that came before it', async () => {
    const made = seed();
    await made.deliver(event({}, low));
    await made.deliver(event());
    await flood(made);
    await made.drain();
    expect(made.key.status).toBe('Inactive');
  });

  it('does not make a case forget what it has cut', async () => {
    const made = seed();
    await made.deliver(event({}, low));
    await made.deliver(event());
    made.before.close = async () => flood(made);
    await made.drain();
    const [found] = await made.cases();
    expect(found?.facts.contain?.done.map(({ credential }) => credential)).toContain(`access-key/${made.key.id}`);
  });

  it('does not hide an earlier finding that names another key, and is told as unread', async () => {
    const made = seed({ secret: null });
    const second = made.aws.addKey(made.alice);
    await made.deliver(event());
    await made.deliver(event({ accessKeyId: second.id }));
    for (let more = 0; more < 50; more += 1) await made.deliver(event());
    await made.drain();
    const [found] = await made.cases();
    expect([second.status, found?.facts.contain?.unread]).toEqual(['Inactive', 2]);
    expect(found?.facts.close?.openPoints.join('\n')).toContain('2 further findings');
  });
});
