import { describe, expect, it } from 'vitest';
import type { Answer, Facts } from '#core/step-facts';
import { assignOwner } from '#core/steps';
import { aCase, ports } from '../build-case.ts';
import { finding } from '../build-finding.ts';
import { userKey } from '../sources/guardduty-finding.ts';

const credential = `access-key/${userKey}`;
const cut = (answer: Answer) => ({ action: 'deactivate-access-key', credential, answer, policies: [], reason: 'r' });
const rotation = (answer: Answer) => ({ ...cut(answer), action: 'rotate-access-key', credential: 'arn:s' });
const done = { action: 'deactivate-access-key', credential, outcome: 'done' as const, before: null, after: null };

const assign = (
  plan: NonNullable<Facts['triage']>['plan'],
  { made = [done], candidates = [], mode = 'enforce', signal = 'immediate' as const } = {} as {
    made?: (typeof done)[];
    candidates?: { owner: string; source: string }[];
    mode?: string;
    signal?: 'immediate' | 'blocking' | 'advisory';
  },
) => {
  const contain = { plan, done: made, cutoff: null, user: null, reason: '' };
  const facts: Facts = { contain, triage: { user: null, secrets: [], plan, candidates } };
  const found = aCase({ facts, signal }, finding());
  return assignOwner.run({ found, findings: [] }, ports({ settings: { mode } }).ports);
};

describe('assign-owner', () => {
  it.each<[string, Parameters<typeof assign>, string]>([
    ['to rotate where all of the plan is allowed and cut', [[cut('auto'), rotation('auto')]], 'rotate'],
    ['to park where anything needs an approval', [[cut('auto'), rotation('approval')]], 'park'],
    ['to park where anything is forbidden', [[cut('forbidden')]], 'park'],
    ['to park where a cut is allowed and nobody has made it', [[cut('auto')], { made: [] }], 'park'],
    ['to close where the plan is empty and all is advisory', [[], { signal: 'advisory' }], 'close'],
    ['to park where the plan is empty and something needs a decision', [[]], 'park'],
    ['to close in mode observe, whatever the plan', [[cut('forbidden')], { mode: 'observe' }], 'close'],
  ])('sends the case %s', async (_, [plan, options], next) => {
    expect((await assign(plan, options))?.next).toBe(next);
  });

  it('names the most credible candidate and keeps the others', async () => {
    const candidates = [
      { owner: 'shop', source: 'a' },
      { owner: 'identity', source: 'b' },
    ];
    expect((await assign([], { candidates }))?.facts).toMatchObject({
      owner: { owner: 'shop' },
      candidates,
      conflict: true,
    });
  });

  it('sees no conflict where all name the same owner', async () => {
    const candidates = [
      { owner: 'shop', source: 'a' },
      { owner: 'shop', source: 'b' },
    ];
    expect((await assign([], { candidates }))?.facts.conflict).toBe(false);
  });

  it('leaves the case to the identity programme where no owner is found', async () => {
    expect((await assign([]))?.facts).toMatchObject({
      owner: null,
      raci: { accountable: expect.stringContaining('identity programme') },
    });
  });

  it.each([
    ['immediate', '2026-08-20T13:40:00.000Z'],
    ['blocking', '2026-08-21T09:40:00.000Z'],
    ['advisory', '2026-08-27T09:40:00.000Z'],
  ] as const)('makes a decision on a finding that is %s due by its SLA, from the opening', async (signal, dueAt) => {
    expect((await assign([], { signal }))?.facts.dueAt).toBe(dueAt);
  });
});
