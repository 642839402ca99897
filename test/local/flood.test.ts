import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Case } from '#core/case';
import { type Cloud, startCloud } from '../../local/cloud.ts';
import { usersOf } from '../../local/demo/account.ts';
import { leakedKeyFinding } from '../../local/demo/finding.ts';
import { registerOf } from '../../local/register.ts';
import { seeder } from '../../local/seed.ts';
import { simulator } from '../../local/simulate.ts';

const dir = join(resolve(import.meta.dirname, '..', '..'), '.local', 'flood');
const names = Array.from({ length: 8 }, (_, n) => `decoy-${n}`);
const perIdentity = 5;
const cutsPerHour = 3;
let cloud: Cloud;
let cases: Case[];
let before: Awaited<ReturnType<typeof usersOf>>;
let after: typeof before;

/** An hour that turns while the flood runs would begin a new count. */
const untilHourHolds = async () => {
  const left = 3_600_000 - (Date.now() % 3_600_000);
  if (left < 60_000) await pause(left);
};

async function whenAtRest(): Promise<Case[]> {
  const register = registerOf(cloud.engine, cloud.outputs.RegisterTable);
  for (;;) {
    const all = await register.list(100);
    const isAtRest = all.every(({ stage, closing }) => (stage === 'closed' || stage === 'parked') && !closing);
    const attached = all.reduce((sum, each) => sum + each.attached, 0);
    if (attached >= names.length * perIdentity && isAtRest) return all;
    await pause(100);
  }
}

beforeAll(async () => {
  const decoys = names.map((name) => `arn:aws:iam::000000000000:user/${name}`);
  const settings = { mode: 'enforce', simulation: true, decoys, cutsPerHour, cutoffLeadSeconds: 1 };
  cloud = await startCloud({ dir, settings });
  const { engine } = cloud;
  const seed = seeder(engine);
  const seeded = await Promise.all(names.map((name) => seed.decoy(name, 'team-a')));
  const bus = await simulator(cloud, (await seed.operator('operator')).key);
  before = await usersOf(engine);
  await untilHourHolds();
  const at = new Date();
  await Promise.all(
    seeded.flatMap((decoy) => {
      const detail = leakedKeyFinding({ decoy, sessionKeyId: '', account: engine.account, region: engine.region }, at);
      return Array.from({ length: perIdentity }, (_, n) =>
        bus.put({
          Source: 'rescind.simulated.guardduty',
          DetailType: 'GuardDuty Finding',
          Detail: JSON.stringify({ ...detail, id: `flood-${decoy.name}-${n}` }),
        }),
      );
    }),
  );
  cases = await whenAtRest();
  after = await usersOf(engine);
}, 180_000);
afterAll(() => cloud.stop());

describe('a flood of findings on more identities than may be cut in an hour', () => {
  it('is one case for each identity, with every finding once', async () => {
    expect(cases.map(({ identity }) => identity.name).toSorted()).toEqual(names);
    expect(cases.map(({ attached, taken }) => [attached, taken])).toEqual(names.map(() => [perIdentity, perIdentity]));
  });

  it('cuts as many as may be and asks about the others', () => {
    const cut = names.filter((name) => after.get(name)?.policies.some((policy) => policy.startsWith('rescind-deny')));
    expect(cut).toHaveLength(cutsPerHour);
    const parked = cases.filter(({ stage }) => stage === 'parked');
    expect(parked).toHaveLength(names.length - cutsPerHour);
    for (const { facts } of parked) expect(facts.park?.reason).toContain(`${cutsPerHour} runs have cut`);
  });

  it('leaves the others as they were', () => {
    for (const { identity } of cases.filter(({ stage }) => stage === 'parked'))
      expect(after.get(identity.name ?? '')).toEqual(before.get(identity.name ?? ''));
  });
});
