import { describe, expect, it } from 'vitest';
import { event, respond, type Seeded, seed } from './seed.ts';
import { userKey } from './sources/guardduty-finding.ts';

const hours = 3_600_000;
/** iam:UpdateUser --new-user-name: unique id, keys and inline policies stay. */
function rename({ aws, alice }: Seeded, name = 'mallory') {
  aws.users.delete(alice.name);
  aws.users.set(name, Object.assign(alice, { name, arn: alice.arn.replace(/[^/]+$/, name) }));
}

describe('a user who is called otherwise after his cut', () => {
  it.each(['assign-owner', 'rotate', 'revoke', 'verify'] as const)(
    'is not taken for gone (just before %s)',
    async (step) => {
      const made = seed({ secret: null });
      made.before[step] = () => {
        rename(made);
        made.alice.policies.clear();
        made.key.status = 'Active';
      };
      const { found } = await respond(made);
      expect(found.stage === 'parked' || made.key.status === 'Inactive').toBe(true);
      expect(await made.verify(found.id)).toMatchObject({ ok: true });
    },
  );

  it('is found by the look', async () => {
    const made = seed();
    const { found } = await respond(made);
    rename(made);
    made.key.status = 'Active';
    made.clock.pass(37 * hours);
    expect(await made.look(found.id)).toMatchObject({ outcome: 'reopens' });
  });

  it('has his deny taken back by a rollback', async () => {
    const made = seed({ secret: null });
    const { found } = await respond(made);
    rename(made);
    await made.rollback(found.id);
    expect(made.alice.policies.size).toBe(0);
  });

  it('keeps the secrets that bear his old name', async () => {
    const made = seed();
    made.before.rotate = () => rename(made);
    const { found } = await respond(made);
    expect([found.stage, found.facts.rotate?.rotations.length]).toEqual(['closed', 1]);
  });
});

describe('a user who is called otherwise before his cut', () => {
  it('is cut beside a decoy of his old name', async () => {
    const made = seed({ secret: null });
    rename(made);
    made.aws.addUser('alice', {}, 'AIDADECOY22233334444A');
    await respond(made);
    expect(made.key.status).toBe('Inactive');
  });

  it('is cut by a second key where the first is deleted', async () => {
    const made = seed({ secret: null });
    const second = made.aws.addKey(made.alice);
    rename(made);
    made.alice.keys = made.alice.keys.filter(({ id }) => id !== userKey);
    await made.deliver(event());
    await made.deliver(event({ accessKeyId: second.id }));
    await made.drain();
    expect(second.status).toBe('Inactive');
  });
});

describe('a leaked key that its owner has deleted', () => {
  const without = ({ alice }: Seeded, id: string) => {
    alice.keys = alice.keys.filter((key) => key.id !== id);
  };
  const retried = async (made: Seeded, caseId: string) => {
    await made.control({ control: 'retry', caseId });
    await made.drain();
    return made.register.load(caseId);
  };

  it('as the docs say where there are two keys, leaves a case that can be closed', async () => {
    const made = seed();
    const other = made.aws.addKey(made.alice);
    const { found } = await respond(made);
    expect(found.stage).toBe('parked');
    without(made, made.key.id);
    made.aws.handles['secretsmanager:PutSecretValue']({
      SecretId: made.secret.arn,
      ClientRequestToken: 'o'.repeat(32),
      SecretString: JSON.stringify({ accessKeyId: other.id, secretAccessKey: other.secret }),
      VersionStages: ['AWSCURRENT'],
    });
    expect((await retried(made, found.id)).stage).toBe('closed');
    expect(await made.verify(found.id)).toMatchObject({ ok: true });
  });
});

describe('a secret that is deleted after the closing', () => {
  it('leaves the look to the other rungs', async () => {
    const made = seed();
    const { found } = await respond(made);
    made.aws.secrets.clear();
    made.clock.pass(37 * hours);
    expect(await made.look(found.id)).toMatchObject({ outcome: 'holds' });
  });
});
