import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256 } from '#core/digest';
import { AwsRefusal } from '#core/ports';
import { logConfirmed } from '#core/proof/log-confirmed';
import { trailRecord } from '../fake-trail.ts';
import { roleId, userId, userKey } from '../sources/guardduty-finding.ts';
import { aCut, cutAt, type Kind, session } from './build-cut.ts';

const bucket = 'trail-of-ours';
const at = (seconds: number) => new Date(Date.parse(cutAt) + seconds * 1000).toISOString();
const old = { attributes: { creationDate: at(-3600) } };
const young = { attributes: { creationDate: at(60) } };
const issuer = (principalId: string, userName: string) => ({ sessionIssuer: { principalId, userName } });

/** Who made the call, for each credential: the one that was cut, and one that is somebody else's. */
const callers: Record<Kind, object> = {
  key: { type: 'IAMUser', principalId: userId, userName: 'alice', accessKeyId: userKey },
  user: { type: 'IAMUser', principalId: userId, accessKeyId: 'ASIA1111222233334444', sessionContext: old },
  session: {
    type: 'AssumedRole',
    principalId: `${roleId}:${session}`,
    accessKeyId: 'ASIA1111222233334445',
    sessionContext: { ...old, ...issuer(roleId, 'web-server') },
  },
  role: {
    type: 'AssumedRole',
    principalId: `${roleId}:somebody`,
    accessKeyId: 'ASIA1111222233334446',
    sessionContext: { ...old, ...issuer(roleId, 'web-server') },
  },
};
/** As AWS words it: IAM User Guide, "Troubleshoot access denied error messages". */
const explicitly = 'with an explicit deny in an identity-based policy';
const denied = {
  errorCode: 'AccessDenied',
  errorMessage: `User: x is not authorized to perform: y on resource: z ${explicitly}`,
};

/** A key that is dead is not known; a session meets our deny. */
const refusedAs = (kind: Kind) => (kind === 'key' ? { errorCode: 'InvalidClientTokenId' } : denied);

type Made = Awaited<ReturnType<typeof aCut>>;
/** The rung an hour after the cut, over what the trail holds. */
async function rung(kind: Kind, fill: (made: Made) => void, settings: object = {}) {
  const made = await aCut(kind, { trail: { bucket, ...settings } });
  made.aws.clock.pass(Date.parse(at(3600)) - made.aws.clock.ms());
  fill(made);
  return { ...(await logConfirmed(made.cut, made.ports)), files: made.aws.trail.files };
}
const holding =
  (...records: object[]) =>
  ({ aws }: Made) => {
    aws.trail.deliver(at(1200), records);
  };
const of = (kind: Kind, seconds: number, overrides: object = {}) => trailRecord(at(seconds), callers[kind], overrides);
const kinds: Kind[] = ['key', 'user', 'session', 'role'];

describe('the rung log-confirmed', () => {
  it.each(kinds)('is passed by a refused call since the cut and none that was served (%s)', async (kind) => {
    const { result, reason } = await rung(
      kind,
      holding(of(kind, -60), of(kind, 90, refusedAs(kind)), of(kind, 120, refusedAs(kind))),
    );
    expect({ result, reason }).toEqual({
      result: 'passed',
      reason: expect.stringMatching(
        /2 calls of it were refused since the cut, the first PutItem at 2026-08-20T10:01:30/,
      ),
    });
  });

  it.each(kinds)('fails by one call that was served after the cut had spread, and names it (%s)', async (kind) => {
    const served = of(kind, 900);
    const { result, reason } = await rung(kind, holding(of(kind, 90, refusedAs(kind)), served));
    expect({ result, reason }).toEqual({ result: 'failed', reason: expect.stringContaining(served.eventID) });
  });

  it.each(kinds)('counts no call that was served while the cut was spreading (%s)', async (kind) => {
    expect((await rung(kind, holding(of(kind, 10), of(kind, 90, refusedAs(kind))))).result).toBe('passed');
  });

  it.each(kinds)('takes silence for no proof (%s)', async (kind) => {
    expect(await rung(kind, holding())).toMatchObject({
      result: 'not available',
      reason: expect.stringContaining('no call of it was seen refused by the cut'),
    });
  });

  it.each<[string, Kind, object]>([
    ['of another key', 'key', { ...callers.key, accessKeyId: 'AKIA0000000000000001' }],
    ['of the same user by his own key', 'user', callers.key],
    ['of a session that was issued after the cut-off', 'user', { ...callers.user, sessionContext: young }],
    ['of a re-created user of the same name', 'user', { ...callers.user, principalId: 'AIDA0000000000000000X' }],
    ['of another session of the role', 'session', callers.role],
    ['of a later session of the same name', 'session', { ...callers.session, sessionContext: young }],
    ['of another role', 'role', { ...callers.role, principalId: 'AROA0000000000000000X:somebody' }],
  ])('does not mind a call %s', async (_, kind, caller) => {
    expect((await rung(kind, holding(of(kind, 90, refusedAs(kind)), trailRecord(at(900), caller)))).result).toBe(
      'passed',
    );
  });

  it('takes no implicit deny for the cut: whoever enumerates meets them all day', async () => {
    const implicit = {
      errorCode: 'AccessDenied',
      errorMessage: 'because no identity-based policy allows the y action',
    };
    expect((await rung('role', holding(of('role', 90, implicit)))).result).toBe('not available');
  });

  it.each(kinds.filter((kind) => kind !== 'key'))(
    'is not passed where a call was refused because nothing allowed it: our deny did not apply to that one (%s)',
    async (kind) => {
      const implicit = {
        ...denied,
        errorMessage: 'User: x is not authorized to perform: y because no identity-based policy allows the y action',
      };
      const { result, reason } = await rung(kind, holding(of(kind, 90, denied), of(kind, 900, implicit)));
      expect({ result, reason }).toEqual({
        result: 'not available',
        reason: expect.stringMatching(/no deny applied to a call .*: PutItem at 2026-08-20T10:15:00/),
      });
    },
  );

  it('does not mind a refusal without a reason beside one by an explicit deny', async () => {
    const bare = { errorCode: 'AccessDenied', errorMessage: 'Access Denied' };
    expect((await rung('user', holding(of('user', 90, denied), of('user', 900, bare)))).result).toBe('passed');
  });

  it.each<[string, string]>([
    ['of another kind of policy', 'on resource: z with an explicit deny in a service control policy'],
    ['whose kind is not told', 'on resource: z with an explicit deny'],
    [
      'that only a name in it speaks of',
      `on resource: "b/${explicitly}" because no identity-based policy allows the y action`,
    ],
    [
      'that a name gives another kind',
      `on resource: "b/${explicitly}" with an explicit deny in a service control policy`,
    ],
  ])('takes no deny for the cut %s', async (_, reason) => {
    const other = { ...denied, errorMessage: `User: x is not authorized to perform: y ${reason}` };
    expect((await rung('role', holding(of('role', 90, other)))).result).toBe('not available');
  });

  it('takes our deny for the cut whatever AWS tells beside it', async () => {
    const ec2 = {
      errorCode: 'Client.UnauthorizedOperation',
      errorMessage: `${denied.errorMessage}. Encoded authorization failure message: Zm9v`,
    };
    expect((await rung('role', holding(of('role', 90, ec2)))).result).toBe('passed');
  });

  it.each(kinds)('counts no refusal of before the cut had spread (%s)', async (kind) => {
    expect((await rung(kind, holding(of(kind, 29, refusedAs(kind))))).result).toBe('not available');
    expect((await rung(kind, holding(of(kind, 30, refusedAs(kind))))).result).toBe('passed');
  });

  it.each(['InvalidClientTokenId', 'UnrecognizedClientException', 'InvalidAccessKeyId'])(
    'takes a key that AWS does not know for dead (%s), and says that trails seldom show it',
    async (errorCode) => {
      expect((await rung('key', holding(of('key', 90, { errorCode })))).result).toBe('passed');
      expect((await rung('key', holding())).reason).toContain('a dead key seldom gets as far as the trail');
    },
  );

  it('takes a key that is refused by permission for alive', async () => {
    expect((await rung('key', holding(of('key', 900, denied)))).result).toBe('failed');
  });

  it('knows a federated session by who issued it', async () => {
    const federated = {
      type: 'FederatedUser',
      principalId: '111122223333:guest',
      accessKeyId: 'ASIA1111222233334447',
      sessionContext: { ...old, ...issuer(userId, 'alice') },
    };
    expect((await rung('user', holding(trailRecord(at(900), federated)))).result).toBe('failed');
  });

  it('does not hold GetCallerIdentity against a session, which nobody can refuse it, and does against a key', async () => {
    const asked = (kind: Kind) =>
      holding(of(kind, 90, refusedAs(kind)), of(kind, 900, { eventName: 'GetCallerIdentity' }));
    expect((await rung('user', asked('user'))).result).toBe('passed');
    expect((await rung('key', asked('key'))).result).toBe('failed');
  });

  it('decides nothing by a call that failed for another reason', async () => {
    const odd = holding(of('user', 90, denied), of('user', 900, { errorCode: 'ValidationException' }));
    expect(await rung('user', odd)).toMatchObject({
      result: 'not available',
      reason: expect.stringContaining('ValidationException'),
    });
  });

  it('decides nothing where a call does not say when its session was issued', async () => {
    const { sessionContext: _, ...timeless } = callers.user as { sessionContext: unknown };
    expect(await rung('user', holding(of('user', 90, denied), trailRecord(at(900), timeless)))).toMatchObject({
      result: 'not available',
      reason: expect.stringContaining('does not say when its session was issued'),
    });
  });

  it('waits until the trail reaches past the cut by the lag of its delivery', async () => {
    const early = (seconds: number) => (made: Made) =>
      void made.aws.trail.deliver(at(seconds), [of('user', 90, denied)]);
    expect(await rung('user', early(840))).toMatchObject({
      result: 'not available',
      reason: 'the trail ends at 2026-08-20T10:14:00.000Z and must reach 2026-08-20T10:15:00.000Z',
    });
    expect((await rung('user', early(900))).result).toBe('passed');
    expect((await rung('user', early(60), { lagSeconds: 60 })).result).toBe('passed');
  });

  it('fails for a call that was served, wherever the trail ends', async () => {
    const alive = (made: Made) => void made.aws.trail.deliver(at(120), [of('user', 90)]);
    expect((await rung('user', alive)).result).toBe('failed');
  });

  it('reads the folder of every Region, and days beyond midnight', async () => {
    const far = ({ aws }: Made) => {
      aws.clock.pass(86_400_000);
      aws.trail.deliver(at(1200), [of('user', 90, denied)]);
      aws.trail.deliver(at(80_000), [of('user', 79_000)], 'ap-southeast-2');
    };
    expect((await rung('user', far)).result).toBe('failed');
  });

  it('leaves alone what was delivered before the cut, and what is no file of the trail', async () => {
    const { result } = await rung('user', ({ aws }) => {
      aws.trail.deliver(at(-7200), Buffer.from('broken'));
      aws.trail.files.set('AWSLogs/111122223333/CloudTrail/us-east-1/2026/08/20/notes.txt', Buffer.from('x'));
      holding(of('user', 90, denied))({ aws } as Made);
    });
    expect(result).toBe('passed');
  });

  it('names the files that it rests on, each as an auditor can hash it', async () => {
    const { trail, files } = await rung('user', ({ aws }) => {
      aws.trail.deliver(at(600), []);
      aws.trail.deliver(at(1200), [of('user', 90, denied)]);
    });
    const digests = [...files].map(([key, bytes]) => ({ key, sha256: sha256(bytes ?? '') }));
    const lines = digests.map((file) => `${file.sha256}  ${file.key}\n`).join('');
    expect(trail).toEqual({
      bucket,
      from: cutAt,
      to: at(3600),
      newest: at(1200),
      count: 2,
      sha256: sha256(lines),
      files: [digests[1]],
    });
  });

  it.each<[string, (made: Made) => void]>([
    ['is no JSON', ({ aws }) => aws.trail.deliver(at(1200), Buffer.from('{'))],
    ['holds no list of records', ({ aws }) => aws.trail.deliver(at(1200), Buffer.from('{"Records":{}}'))],
    [
      'has a record without a time',
      ({ aws }) => aws.trail.deliver(at(1200), [{ ...of('user', 90), eventTime: 'noon' }]),
    ],
    ['unpacks to more than can be read', ({ aws }) => aws.trail.files.set(aws.trail.deliver(at(1200), []), null)],
  ])('is not available where a file %s', async (_, fill) => {
    expect(await rung('user', fill)).toMatchObject({
      result: 'not available',
      reason: expect.stringMatching(/file AWSLogs\/.* cannot be read whole/),
    });
  });

  it.each<[string, (made: Made) => void, RegExp]>([
    [
      'there are more files than one function reads',
      ({ aws }) => {
        for (let n = 0; n < 4001; n += 1) aws.trail.deliver(at(1200), Buffer.from('{}'));
      },
      /more than 4000 files/,
    ],
    ['the cut is too long ago', ({ aws }) => aws.clock.pass(9 * 86_400_000), /more than 8 days/],
    [
      'the bucket may not be read',
      ({ aws }) => aws.trail.refuse(new AwsRefusal('s3:ListObjectsV2', 'NoSuchBucket', '')),
      /NoSuchBucket/,
    ],
  ])('is not available where %s', async (_, fill, reason) => {
    expect(await rung('user', fill)).toMatchObject({
      result: 'not available',
      reason: expect.stringMatching(reason),
    });
  });

  it('asks for no trail where none is set, and for no time that the record does not hold', async () => {
    const none = await aCut('user');
    expect(await logConfirmed(none.cut, none.ports)).toMatchObject({ result: 'not available' });
    const { cut, ports } = await aCut('user', { trail: { bucket } });
    expect(await logConfirmed({ ...cut, cutAt: undefined }, ports)).toMatchObject({ result: 'not available' });
  });

  it('quotes one line of printable text, whatever a record holds', async () => {
    const loud = of('user', 900, { eventName: 'Put\n\u001b[31mItem', eventID: 'x'.repeat(5000) });
    const { reason } = await rung('user', holding(loud));
    expect(reason).toMatch(/^[\x20-\x7e]{1,800}$/);
  });

  it('never passes over a trail that holds a call served after the cut, whatever else is in it', async () => {
    const noise = fc.array(
      fc.record({
        seconds: fc.integer({ min: -600, max: 3000 }),
        kind: fc.constantFrom(...kinds),
        refused: fc.boolean(),
      }),
      { maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(noise, fc.constantFrom(...kinds), async (others, kind) => {
        const records = others.map((each) => of(each.kind, each.seconds, each.refused ? refusedAs(each.kind) : {}));
        const { result } = await rung(kind, holding(...records, of(kind, 3500)));
        expect(result).toBe('failed');
      }),
      { numRuns: 60 },
    );
  });
});
