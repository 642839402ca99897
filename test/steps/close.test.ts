import { describe, expect, it } from 'vitest';
import type { Facts, Verdict } from '#core/case';
import { close } from '#core/steps';
import { aCase, ports } from '../build-case.ts';

const done = [{ action: 'a', credential: 'c', outcome: 'done' as const, before: null, after: null }];
const contained = (made = done): Facts => ({ contain: { plan: [], done: made, cutoff: null, user: null, reason: '' } });
const verified = (verdict: Verdict): Facts => ({
  ...contained(),
  verify: { verdict, credentials: [], openPoints: ['p'] },
});
const run = (facts: Facts, mode = 'enforce', sealed = true) => {
  const around = ports({ settings: { mode } }).ports;
  return close.run({ found: aCase({ facts }), findings: [] }, { ...around, seal: async () => sealed });
};

describe('close', () => {
  it.each<[string, Facts, string, Verdict]>([
    ['revoked, where verify says so', verified('revoked'), 'enforce', 'revoked'],
    ['not proven, where verify says so', verified('contained-not-proven'), 'enforce', 'contained-not-proven'],
    ['not proven, where something was cut and nobody verified', contained(), 'observe', 'contained-not-proven'],
    ['observed, in mode observe, where nothing was cut', contained([]), 'observe', 'observed'],
    ['no action, where nothing was cut', contained([]), 'enforce', 'no-action'],
  ])('calls the case %s', async (_, facts, mode, verdict) => {
    expect((await run(facts, mode))?.facts.verdict).toBe(verdict);
  });

  it('hands the open points on', async () => {
    expect((await run(verified('revoked')))?.facts.openPoints).toEqual(['p']);
  });

  it('closes nothing while a finding waits', async () => {
    expect(await run(verified('revoked'), 'enforce', false)).toBeNull();
  });
});
