import { describe, expect, it } from 'vitest';
import { event, respond, type Seeded, seed } from './seed.ts';
import { eventAbout } from './sources/health-event.ts';

/** AWS Health has found the key in public, and says nothing of whose it is. */
const exposed = ({ key }: Seeded) => eventAbout([key.id]);

describe('a finding that knows a key alone', () => {
  it('is about the user who holds it by the word of AWS: cut, rotated and closed', async () => {
    const made = seed();
    const { found } = await respond(made, exposed(made));
    expect([found.identity.kind, found.identity.key, found.stage]).toEqual([
      'unknown',
      `access-key/${made.key.id}`,
      'closed',
    ]);
    expect(found.facts.contain?.done.map(({ action }) => action)).toEqual([
      'deactivate-access-key',
      'deny-user-sessions',
    ]);
    expect(found.facts.rotate?.rotations).toHaveLength(1);
    expect(await made.verify(found.id)).toMatchObject({ ok: true, closed: true });
  });

  it('has one case with a later finding on that user', async () => {
    const made = seed();
    made.before.verify = () => made.deliver(event({ accessKeyId: 'ASIA1111222233334444' }));
    const { found } = await respond(made, exposed(made));
    expect((await made.cases()).map(({ id }) => id)).toEqual([found.id]);
    expect(found.attached).toBe(2);
  });

  it('names the case that is open already about that user', async () => {
    const made = seed();
    const asks = event({ accessKeyId: 'ASIA1111222233334444' }, { type: 'Persistence:IAMUser/AnomalousBehavior' });
    const { found: other } = await respond(made, asks);
    const { found } = await respond(made, exposed(made));
    expect(found.id).not.toBe(other.id);
    expect(found.facts.contain?.others).toEqual([other.id]);
    expect(found.facts.close?.openPoints.join('\n')).toContain(`${other.id} is open about the same identity`);
  });

  it('is for a person where nobody of this account holds the key', async () => {
    const made = seed();
    const { found } = await respond(made, eventAbout(['AKIA9999000099990000']));
    expect([found.stage, found.facts.contain?.done, made.key.status]).toEqual(['parked', [], 'Active']);
    expect(found.facts.park?.reason).toContain('contain-by-hand');
  });

  it('frees the name that it has learnt when it is closed', async () => {
    const made = seed();
    const { found } = await respond(made, exposed(made));
    const next = await respond(made, event());
    expect(next.found.id).not.toBe(found.id);
  });
});
