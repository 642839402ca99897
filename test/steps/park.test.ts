import { describe, expect, it } from 'vitest';
import type { Case } from '#core/case';
import type { Answer, Facts } from '#core/step-facts';
import { park } from '#core/steps';
import { aCase, ports } from '../build-case.ts';

const run = (overrides: Partial<Case>, error?: { name: string; message: string }, sealed = true) =>
  park.run(
    { found: aCase(overrides), findings: [], ...(error && { error }) },
    { ...ports().ports, seal: async () => sealed },
  );
const asking = (answer: Answer): Facts => ({
  'assign-owner': {
    owner: { owner: 'shop', source: 's' },
    candidates: [],
    conflict: false,
    dueAt: '',
    asks: [{ action: 'cut', credential: 'key', answer, policies: [], reason: 'because' }],
    raci: { accountable: '', responsible: '', informed: [] },
  },
});

describe('park', () => {
  it.each<[string, Partial<Case>, string, string]>([
    [
      'an approval is needed',
      { facts: asking('approval'), stage: 'owned' },
      'cut of key: approval (because)',
      'approval',
    ],
    ['policy forbids', { facts: asking('forbidden'), stage: 'owned' }, 'cut of key: forbidden', 'a person'],
    [
      'a rotation is blocked',
      {
        stage: 'rotated',
        facts: { rotate: { rotations: [], blocked: { secret: 's', reason: 'two keys', keys: [] } } },
      },
      'rotation of s is blocked: two keys',
      'the owner',
    ],
    ['a cut was never made', { stage: 'owned' }, 'could not be carried out', 'an operator'],
  ])('says why, and what it needs, where %s', async (_, overrides, reason, needs) => {
    const outcome = await run(overrides);
    expect(outcome?.facts.reason).toContain(reason);
    expect(outcome?.facts.needs).toContain(needs);
  });

  it('puts the error of a step before everything else', async () => {
    const outcome = await run({ facts: asking('approval') }, { name: 'AccessDenied', message: 'm' });
    expect(outcome?.facts).toMatchObject({ reason: 'a step failed: AccessDenied', error: { message: 'm' } });
  });

  it('tells the owner', async () => {
    expect((await run({ facts: asking('approval') }))?.notices).toMatchObject([
      { what: 'parked', summary: { owner: 'shop' } },
    ]);
  });

  it('parks nothing while a finding waits', async () => {
    expect(await run({}, undefined, false)).toBeNull();
  });
});
