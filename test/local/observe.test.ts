import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Case } from '#core/case';
import { type Cloud, startCloud } from '../../local/cloud.ts';
import { usersOf } from '../../local/demo/account.ts';
import { leakedKeyFinding } from '../../local/demo/finding.ts';
import { registerOf } from '../../local/register.ts';
import { type SeededDecoy, seeder } from '../../local/seed.ts';
import { simulator } from '../../local/simulate.ts';

const dir = join(resolve(import.meta.dirname, '..', '..'), '.local', 'observe');
let cloud: Cloud;
let decoy: SeededDecoy;
let before: unknown;
let found: Case;

async function whenClosed(): Promise<Case> {
  for (;;) {
    const [only] = await registerOf(cloud.engine, cloud.outputs.RegisterTable).list(1);
    if (only?.stage === 'closed') return only;
    await pause(50);
  }
}

beforeAll(async () => {
  const decoys = ['arn:aws:iam::000000000000:user/decoy'];
  cloud = await startCloud({ dir, settings: { simulation: true, decoys } });
  const { engine } = cloud;
  const seed = seeder(engine);
  decoy = await seed.decoy('decoy', 'team-a');
  const operator = await seed.operator('operator');
  before = Object.fromEntries(await usersOf(engine));
  const bus = await simulator(cloud, operator.key);
  const finding = leakedKeyFinding(
    { decoy, sessionKeyId: '', account: engine.account, region: engine.region },
    new Date(),
  );
  await bus.put({
    Source: 'rescind.simulated.guardduty',
    DetailType: 'GuardDuty Finding',
    Detail: JSON.stringify(finding),
  });
  found = await whenClosed();
});
afterAll(() => cloud.stop());

describe('mode observe, the default, with a finding that enforce would contain at once', () => {
  it('changes nothing in the account', async () => {
    expect(Object.fromEntries(await usersOf(cloud.engine))).toEqual(before);
  });

  it('closes the case as observed', () => {
    expect(found.facts.close?.verdict).toBe('observed');
  });

  it('writes down what enforce would have done', () => {
    const plan = found.facts.triage?.plan ?? [];
    expect(plan.map(({ action, answer, would }) => [action, answer, would])).toEqual([
      ['deactivate-access-key', 'forbidden', 'auto'],
      ['deny-user-sessions', 'forbidden', 'auto'],
      ['rotate-access-key', 'forbidden', 'auto'],
    ]);
  });
});
