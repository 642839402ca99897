import { describe, expect, it } from 'vitest';
import { held, heldFrom } from '#core/proof/held';
import { failed, notAvailable, passed } from '#core/proof/result';
import type { RungResult } from '#core/step-facts';
import { aCut, cutoff, type Kind } from './build-cut.ts';

const others = (overrides: Record<string, RungResult> = {}) => ({
  configured: passed('p'),
  simulated: notAvailable('n'),
  'canary-denied': notAvailable('n'),
  'log-confirmed': notAvailable('n'),
  ...overrides,
});

async function at(seconds: number, results = others(), kind: Kind = 'user', settings: object = {}, role: object = {}) {
  const { aws, found, made, ports } = await aCut(kind, { longestSessionSeconds: 7200, ...settings });
  if (made.role) Object.assign(made.role, role);
  aws.clock.pass(Date.parse(cutoff) + seconds * 1000 - aws.clock.ms());
  return held(results, found, ports);
}

describe('the rung held', () => {
  it('is not available while a session of before the cut can live', async () => {
    expect(await at(7199)).toMatchObject({
      result: 'not available',
      reason: expect.stringContaining('could have lived until 2026-08-20T12:00:30.000Z'),
    });
  });

  it('is passed when none can, and the cut still stands', async () => {
    expect((await at(7200)).result).toBe('passed');
  });

  it.each([
    [
      'people may assume',
      { trust: { Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }] } },
    ],
    ['a service may assume', {}],
  ])(
    'lets the sessions of a role that %s live for twelve hours, whatever its maximum is by now: they may be older',
    async (_, role) => {
      const settings = { longestSessionSeconds: 129_600 };
      const maxSessionSeconds = 3600;
      expect((await at(43_199, others(), 'role', settings, { ...role, maxSessionSeconds })).result).toBe(
        'not available',
      );
      expect((await at(43_200, others(), 'role', settings, { ...role, maxSessionSeconds })).result).toBe('passed');
    },
  );

  it('counts no session of a role longer than the settings say', async () => {
    expect((await at(7200, others(), 'role')).result).toBe('passed');
  });

  it.each(['configured', 'simulated', 'canary-denied', 'log-confirmed'])(
    'fails where %s fails by then',
    async (rung) => {
      expect(await at(7200, others({ [rung]: failed('f') }))).toMatchObject({
        result: 'failed',
        reason: expect.stringContaining(rung),
      });
    },
  );

  it('is not available where the cut could not be read back', async () => {
    expect((await at(7200, others({ configured: notAvailable('n') }))).result).toBe('not available');
  });
});

describe('the time of the look', () => {
  it('is counted from the latest cut, though its cut-off is older', async () => {
    const { found, made, ports } = await aCut('user');
    const cuts = [{ ...made, cutAt: '2026-08-22T00:00:00.000Z' }, made];
    expect(heldFrom({ cuts }, ports.deployment.settings)?.toISOString()).toBe('2026-08-23T12:00:00.000Z');
    expect(heldFrom(found, ports.deployment.settings)?.toISOString()).toBe('2026-08-21T22:00:30.000Z');
  });

  it('does not come where nothing was cut', async () => {
    const { ports } = await aCut('user');
    expect(heldFrom({ cuts: [] }, ports.deployment.settings)).toBeNull();
  });
});
