import { describe, expect, it } from 'vitest';
import type { Rung } from '#core/step-facts';
import { awsError } from '../fake-aws.ts';
import { respond, type Seeded, seed } from '../seed.ts';
import { userKey } from '../sources/guardduty-finding.ts';

const key = `access-key/${userKey}`;
const sessions = 'user-sessions/111122223333/alice';

/** The rungs of the story, with something done to the world just before verify. */
async function proofs(options: Parameters<typeof seed>[0] = {}, change: (made: Seeded) => void = () => undefined) {
  const made = seed(options);
  made.before.verify = () => change(made);
  const { found } = await respond(made);
  const of = (credential: string) => found.facts.verify?.credentials.find((each) => each.credential === credential);
  const rung = (credential: string, name: Rung) => of(credential)?.rungs[name];
  return { found, of, rung, verdict: found.facts.verify?.verdict };
}

describe('verify', () => {
  it('calls the key revoked at canary-denied, the sessions not proven, and the case by its weakest credential', async () => {
    const { of, verdict } = await proofs();
    expect([of(key)?.verdict, of(sessions)?.verdict, verdict]).toEqual([
      'revoked',
      'contained-not-proven',
      'contained-not-proven',
    ]);
  });

  it('gives a reason for every rung, and says plainly what was not tried', async () => {
    const { of } = await proofs();
    for (const credential of [key, sessions])
      for (const { result, reason } of Object.values(of(credential)?.rungs ?? {})) {
        expect(['passed', 'not available']).toContain(result);
        expect(reason.length).toBeGreaterThan(20);
      }
    expect(of(sessions)?.rungs['log-confirmed'].result).toBe('not available');
  });

  it('shows the refusal of the old key beside the service of the new one', async () => {
    const { rung } = await proofs();
    expect(rung(key, 'canary-denied')?.reason).toMatch(/refused .*InvalidClientTokenId.* served the new one/);
  });

  it('takes no other refusal for that of a dead key', async () => {
    const { rung, found } = await proofs({}, ({ secret, key: old }) => {
      old.status = 'Active';
      for (const version of secret.versions.values())
        if (version.labels.has('AWSPREVIOUS'))
          version.value = JSON.stringify({ accessKeyId: userKey, secretAccessKey: 'not-its-secret' });
    });
    expect(rung(key, 'canary-denied')).toMatchObject({
      result: 'failed',
      reason: expect.stringContaining('SignatureDoesNotMatch'),
    });
    expect(found.stage).toBe('parked');
  });

  it('proves nothing by the refusal of the old key where the new one is refused too', async () => {
    const { rung } = await proofs({}, ({ alice }) => {
      for (const each of alice.keys) each.status = 'Inactive';
    });
    expect(rung(key, 'canary-denied')).toMatchObject({
      result: 'failed',
      reason: expect.stringContaining('proves nothing'),
    });
  });

  it('does not call a key contained that is still served, whatever else was passed', async () => {
    const { found, rung } = await proofs({}, ({ key: old }) => {
      old.spreadAt = Number.POSITIVE_INFINITY;
    });
    expect([rung(key, 'configured')?.result, rung(key, 'canary-denied')?.result]).toEqual(['passed', 'failed']);
    const points = found.facts.verify?.openPoints.join('\n');
    expect(points).toContain(`${key} is not shown to be cut: canary-denied: the old key is still served`);
    expect(points).not.toContain(`${key} is contained`);
  });

  it('is not misled by an IAM that shows the cut some seconds late', async () => {
    const { found, rung } = await proofs({}, ({ aws }) => {
      const from = aws.clock.ms();
      for (const operation of ['iam:ListAccessKeys', 'iam:GetUserPolicy'] as const) {
        const answer = aws.handles[operation];
        aws.handles[operation] = (input) => {
          if (aws.clock.ms() - from > 5000) return answer(input);
          if (operation === 'iam:GetUserPolicy') throw awsError('NoSuchEntityException', 'no such policy', 404);
          return { AccessKeyMetadata: [{ AccessKeyId: userKey, Status: 'Active', CreateDate: new Date(0) }] };
        };
      }
    });
    expect([rung(key, 'configured')?.result, rung(sessions, 'configured')?.result]).toEqual(['passed', 'passed']);
    expect(found.stage).toBe('closed');
  });

  it('cannot try a key that no secret holds', async () => {
    const { rung, verdict } = await proofs({ secret: null });
    expect(rung(key, 'canary-denied')?.result).toBe('not available');
    expect(verdict).toBe('contained-not-proven');
  });

  it.each<[string, string, string]>([
    ['configured', 'configured', 'revoked'],
    ['canary-denied', 'configured', 'revoked'],
    ['held', 'configured', 'contained-not-proven'],
    ['configured', 'held', 'contained-not-proven'],
  ])(
    'holds the key against %s and the sessions against %s, as the settings say: %s',
    async (forKey, forUser, verdict) => {
      const revokedAt = { 'access-key': forKey, 'user-sessions': forUser };
      expect((await proofs({ settings: { revokedAt } })).verdict).toBe(verdict);
    },
  );

  it('says of a user with a password that the cut leaves it', async () => {
    const made = seed();
    made.alice.password = true;
    const { found } = await respond(made);
    expect(found.facts.close?.openPoints.join('\n')).toContain('alice can still sign in by password');
  });

  it('names what else a user can sign in by, which no cut takes and nobody has looked for', async () => {
    const { found } = await proofs();
    expect(found.facts.close?.openPoints).toContain(
      'service-specific credentials, SSH keys and signing certificates of alice are not cut and were not searched for',
    );
  });

  it('leaves the owner with every open point', async () => {
    const { found } = await proofs();
    const points = found.facts.close?.openPoints.join('\n') ?? '';
    for (const point of [
      'not been proven',
      'are refused, those of the 30 s',
      'owner tags disagree',
      `deletion of ${userKey}`,
    ])
      expect(points).toContain(point);
  });

  it('does not count a key that somebody made and switched off as one in use', async () => {
    const { found } = await proofs({}, ({ alice, aws, key: old }) => {
      alice.keys = alice.keys.filter(({ id }) => id !== old.id);
      aws.addKey(alice).status = 'Inactive';
    });
    expect(found.stage).toBe('closed');
  });
});
