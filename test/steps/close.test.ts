import { describe, expect, it } from 'vitest';
import type { Case } from '#core/case';
import type { Verdict } from '#core/step-facts';
import { close } from '#core/steps';
import { aCase, ports } from '../build-case.ts';

const done = [{ action: 'a', credential: 'c', outcome: 'done' as const, before: null, after: null }];
const made = [{ done, cutoff: null, user: null }];
const verified = (verdict: Verdict): Partial<Case> => ({
  cuts: made,
  facts: { verify: { verdict, credentials: [], openPoints: ['p'], strangers: [] } },
});
const run = (found: Partial<Case>, mode = 'enforce', sealed = true) => {
  const around = ports({ settings: { mode } }).ports;
  return close.run({ found: aCase(found), findings: [] }, { ...around, seal: async () => sealed });
};

describe('close', () => {
  it.each<[string, Partial<Case>, string, Verdict]>([
    ['revoked, where verify says so', verified('revoked'), 'enforce', 'revoked'],
    ['not proven, where verify says so', verified('contained-not-proven'), 'enforce', 'contained-not-proven'],
    ['not proven, where something was cut and nobody verified', { cuts: made }, 'observe', 'contained-not-proven'],
    [
      'not proven, where a cut was begun and no record tells of it',
      { work: { before: { 'a c': null } } },
      'observe',
      'contained-not-proven',
    ],
    ['observed, in mode observe, where nothing was cut', {}, 'observe', 'observed'],
    ['no action, where nothing was cut', {}, 'enforce', 'no-action'],
  ])('calls the case %s', async (_, found, mode, verdict) => {
    expect((await run(found, mode))?.facts.verdict).toBe(verdict);
  });

  it('hands the open points on', async () => {
    expect((await run(verified('revoked')))?.facts.openPoints).toEqual(['p']);
  });

  it('closes nothing while a finding waits', async () => {
    expect(await run(verified('revoked'), 'enforce', false)).toBeNull();
  });
});
