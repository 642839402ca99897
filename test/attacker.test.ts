import { describe, expect, it } from 'vitest';
import { accessKey } from '#core/credential';
import { heldBy, respond, type Seeded, seed } from './seed.ts';

const proofOf = (found: Awaited<ReturnType<typeof respond>>['found'], credential: string) =>
  found.facts.verify?.credentials.find((proof) => proof.credential === credential);

describe('an attacker who goes on while the case runs', () => {
  it('makes a key of its own: the case is parked with that key as a failed rung', async () => {
    const made = seed();
    let made2 = '';
    made.before.verify = () => {
      made.alice.keys = made.alice.keys.filter(({ id }) => id !== made.key.id);
      made2 = made.aws.addKey(made.alice).id;
    };
    const { found } = await respond(made);
    expect(found).toMatchObject({ stage: 'parked', facts: { park: { needs: expect.stringMatching(/operator/) } } });
    expect(proofOf(found, accessKey(made2))?.rungs.configured.result).toBe('failed');
  });

  it('makes a key between the cut and the rotation: it is nobody else’s orphan, and is not deleted', async () => {
    const made = seed();
    made.before.rotate = () => void made.aws.addKey(made.alice);
    const { found } = await respond(made);
    expect([found.stage, made.aws.deleted]).toEqual(['parked', []]);
  });

  it('makes a key while the rotation looks: that is deleted by nobody either', async () => {
    const made = seed();
    made.before.rotate = () => {
      const { handles } = made.aws;
      const describe = handles['secretsmanager:DescribeSecret'];
      let looks = 0;
      handles['secretsmanager:DescribeSecret'] = (input) => {
        looks += 1;
        if (looks === 2) made.aws.addKey(made.alice);
        return describe(input);
      };
    };
    const { found } = await respond(made);
    expect([found.stage, made.aws.deleted]).toEqual(['parked', []]);
  });

  it('switches the key on again: revoke cuts it again and says so', async () => {
    const made = seed();
    made.before.revoke = () => {
      made.key.status = 'Active';
    };
    const { found } = await respond(made);
    expect(made.key.status).toBe('Inactive');
    expect(found.facts.revoke?.keys).toMatchObject([
      { keyId: made.key.id, note: expect.stringMatching(/was listed Active/) },
    ]);
    expect(found.stage).toBe('closed');
  });

  it('switches the key on again after the revocation: the case is parked', async () => {
    const made = seed();
    made.before.verify = () => {
      made.key.status = 'Active';
    };
    const { found } = await respond(made);
    expect(found).toMatchObject({
      stage: 'parked',
      facts: { park: { reason: expect.stringMatching(/verification failed/) } },
    });
  });

  it.each<[string, (made: Seeded) => void]>([
    ['takes the deny away', ({ alice }) => alice.policies.clear()],
    [
      'puts another text in place of the deny',
      ({ alice }) => {
        for (const name of alice.policies.keys()) alice.policies.set(name, '{"Version":"2012-10-17","Statement":[]}');
      },
    ],
  ])('%s: the case is parked', async (_, attack) => {
    const made = seed();
    made.before.verify = () => attack(made);
    const { found } = await respond(made);
    expect(found.stage).toBe('parked');
    expect(proofOf(found, 'user-sessions/111122223333/alice')?.rungs.configured.result).toBe('failed');
  });

  it('has the user made again before the rotation: nothing is made for the namesake', async () => {
    const made = seed();
    made.before.rotate = () => {
      made.alice.uniqueId = 'AIDA9999000099990000B';
    };
    const { found } = await respond(made);
    expect(found.stage).toBe('parked');
    expect(made.aws.writes().map(({ by }) => by)).toEqual(['contain', 'contain']);
  });

  it('writes another value into the secret after the rotation: the canary has nothing to try, and says so', async () => {
    const made = seed();
    made.before.verify = () => {
      for (const version of made.secret.versions.values()) version.value = 'rubbish';
    };
    const { found } = await respond(made);
    expect(proofOf(found, accessKey(made.key.id))).toMatchObject({
      verdict: 'contained-not-proven',
      rungs: { 'canary-denied': { result: 'not available' } },
    });
  });
});

describe('two secrets that hold the same key', () => {
  it('are never both broken: the key made for the first is not deleted as an orphan of the second', async () => {
    const made = seed();
    const second = made.aws.addSecret('shop/alice-too', made.secret.tags, JSON.stringify(heldBy(made)));
    const { found } = await respond(made);
    expect(made.aws.deleted).toEqual([]);
    expect(made.alice.keys.some(({ id, status }) => id === heldBy(made).accessKeyId && status === 'Active')).toBe(true);
    expect(found.facts.rotate?.blocked?.secret).toBe(second.arn);
  });
});
