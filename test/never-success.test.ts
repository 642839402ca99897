import { describe, expect, it } from 'vitest';
import type { Operation } from '#core/ports';
import { awsError, type Fault } from './fake-aws.ts';
import { respond, seed } from './seed.ts';

const undisturbed = seed();
await respond(undisturbed);
const made = [...new Map(undisturbed.aws.calls.map((call) => [`${call.by} ${call.operation}`, call])).values()];

const denied = awsError('AccessDenied', 'User is not authorized to perform this', 403);
const throttled = awsError('Throttling', 'Rate exceeded', 400);
const broken = awsError('InternalFailure', 'We encountered an internal error', 500);
const faults: [string, Fault][] = [
  ['AccessDenied', { error: denied }],
  ['Throttling', { error: throttled }],
  ['nothing', 'nothing'],
];

/** Simulation only adds to the proof: who may not ask has a rung less. */
const isSimulation = ({ operation }: { operation: string }) => operation.startsWith('iam:Simulate');
const needed = made.filter((call) => !isSimulation(call));

describe.each(faults)('AWS answers %s, for good', (_, fault) => {
  it.each(needed.map(({ by, operation }) => [by, operation] as const))(
    'never ends green nor calls the key revoked, when it does so to %s at %s',
    async (step, operation) => {
      const story = seed();
      story.before[step as 'contain'] = () => story.aws.fail(operation as Operation, 1000, fault);
      const { found, ended } = await respond(story);
      expect({ ended, stage: found.stage }).toEqual({ ended: 'FAILED', stage: 'parked' });
      const verified = await story.verify(found.id);
      expect(verified).toMatchObject({ ok: true, closed: false });
    },
  );
});

describe('a simulator that refuses, or answers nothing, for good', () => {
  it.each(made.filter(isSimulation).map(({ operation }) => operation))(
    'costs the case the rung, and claims nothing by it: %s',
    async (operation) => {
      for (const fault of [{ error: denied }, 'nothing'] as const) {
        const story = seed();
        story.aws.fail(operation, 1000, fault);
        const { found } = await respond(story);
        const [, sessions] = found.facts.verify?.credentials ?? [];
        expect(sessions?.rungs.simulated.result).toBe('not available');
        expect(found.facts.close?.verdict).toBe('contained-not-proven');
      }
    },
  );
});

describe.each<[string, Fault]>([
  ['throttles', { error: throttled }],
  ['fails after it has made the change,', { error: broken, after: true }],
])('AWS %s once', (_, fault) => {
  it.each(made.map(({ by, operation }) => [by, operation] as const))(
    'is asked again, and the case closes as ever: %s at %s',
    async (step, operation) => {
      const story = seed();
      story.before[step as 'contain'] = () => story.aws.fail(operation as Operation, 1, fault);
      const { found, ended } = await respond(story);
      expect({ ended, verdict: found.facts.close?.verdict }).toEqual({
        ended: 'SUCCEEDED',
        verdict: 'contained-not-proven',
      });
    },
  );
});

describe('a first step that cannot even begin', () => {
  it('parks the case at once instead of going round in circles', async () => {
    const at = undisturbed.gate.passed.indexOf('register.load') + 1;
    const story = seed({ crash: { at, when: 'before', kind: 'not retried' } });
    const { found, ended } = await respond(story);
    expect({ ended, stage: found.stage, path: story.visited }).toEqual({
      ended: 'FAILED',
      stage: 'parked',
      path: ['contain', 'park'],
    });
  });
});

describe('a step that failed', () => {
  it('has what it had asked of AWS in the next record, with the error by its name', async () => {
    const story = seed();
    story.aws.fail('iam:CreateAccessKey', 1000, { error: denied });
    const { found } = await respond(story);
    const park = story.recordsOf(found.id).at(-1)?.predicate;
    expect(park?.step).toBe('park');
    expect(park?.calls.map(({ operation, error }) => [operation, error?.name])).toEqual(
      expect.arrayContaining([
        ['iam:GetUser', undefined],
        ['iam:CreateAccessKey', 'AccessDenied'],
      ]),
    );
  });

  it('names itself and the error to those who are told', async () => {
    const story = seed();
    story.aws.fail('iam:CreateAccessKey', 1000, { error: denied });
    await respond(story);
    const parked = story.topic.notices.find(({ what }) => what === 'parked');
    expect(parked?.summary.reason).toBe('a step failed: AccessDenied');
  });
});
