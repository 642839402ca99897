import { describe, expect, it } from 'vitest';
import { simulated } from '#core/proof/simulated';
import { awsError } from '../fake-aws.ts';
import type { Weighs } from '../fake-simulator.ts';
import { aCut, type Kind } from './build-cut.ts';

const mayWork = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: ['dynamodb:PutItem', 's3:GetObject'], Resource: '*' }],
});

/** The rung, of an identity that may do something, asked of a simulator that weighs what it is told to. */
async function rung(
  kind: Kind,
  weighs: Weighs = 'everything',
  change: (made: Awaited<ReturnType<typeof aCut>>) => unknown = () => 0,
) {
  const made = await aCut(kind);
  for (const holder of [made.alice, made.role]) holder.policies = new Map(holder.policies).set('work', mayWork);
  made.aws.simulator.weighs = weighs;
  change(made);
  const result = await simulated(made.cut, made.ports.aws);
  return { ...result, asked: made.aws.calls.map(({ operation }) => operation) };
}
const denied = awsError('AccessDenied', 'not authorized', 403);

describe('the rung simulated', () => {
  it.each<Kind>(['user', 'session', 'role'])(
    'is passed where a simulator that can be believed refuses an old session what a new one may (%s)',
    async (kind) => {
      expect(await rung(kind)).toMatchObject({
        result: 'passed',
        reason: expect.stringMatching(/refuses dynamodb:PutItem, s3:GetObject to a session issued before/),
      });
    },
  );

  it.each<Kind>(['user', 'session', 'role'])(
    'asks nothing of the real principal where the simulator gets a known question wrong (%s)',
    async (kind) => {
      const { result, reason, asked } = await rung(kind, 'nothing');
      expect({ result, reason }).toEqual({
        result: 'not available',
        reason: expect.stringContaining('the simulator answered a known question wrong'),
      });
      expect(asked).not.toContain('iam:SimulatePrincipalPolicy');
    },
  );

  it('does not believe a simulator that weighs the time and overlooks the name of the session', async () => {
    expect(await rung('session', 'date only')).toMatchObject({
      result: 'not available',
      reason: expect.stringContaining('a session of another name is allowed and not explicitDeny'),
    });
    expect((await rung('role', 'date only')).result).toBe('passed');
  });

  it.each<Kind>(['user', 'session', 'role'])('fails where the deny is gone (%s)', async (kind) => {
    const gone = await rung(kind, 'everything', ({ alice, role }) => {
      for (const holder of [alice, role]) holder.policies = new Map([['work', mayWork]]);
    });
    expect(gone).toMatchObject({ result: 'failed', reason: expect.stringContaining('would get allowed') });
  });

  it('proves nothing where the identity may do none of what was tried', async () => {
    const idle = await rung('user', 'everything', ({ alice }) => alice.policies.delete('work'));
    expect(idle).toMatchObject({ result: 'not available', reason: expect.stringContaining('is allowed to it') });
  });

  it('says nothing of a key, whose status no policy holds', async () => {
    expect(await rung('key')).toMatchObject({ result: 'not available', asked: [] });
  });

  it.each(['iam:SimulateCustomPolicy', 'iam:SimulatePrincipalPolicy'] as const)(
    'is not available where %s is refused, or answers what cannot be read',
    async (operation) => {
      const refused = await rung('user', 'everything', ({ aws }) => aws.fail(operation, 9, { error: denied }));
      expect(refused).toMatchObject({ result: 'not available', reason: expect.stringContaining('AccessDenied') });
      const empty = await rung('user', 'everything', ({ aws }) => aws.fail(operation, 9, 'nothing'));
      expect(empty).toMatchObject({ result: 'not available', reason: expect.stringContaining('no answer') });
    },
  );

  it('is tried again where IAM is too busy to answer', async () => {
    const throttled = awsError('Throttling', 'Rate exceeded');
    await expect(
      rung('user', 'everything', ({ aws }) => aws.fail('iam:SimulateCustomPolicy', 1, { error: throttled })),
    ).rejects.toMatchObject({ name: 'Retryable' });
  });
});
