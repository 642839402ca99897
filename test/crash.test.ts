import { describe, expect, it } from 'vitest';
import type { RotationIntent } from '#core/case';
import type { CrashPlan } from './crash-gate.ts';
import { event, heldBy, respond, type Seeded, seed } from './seed.ts';

const whole = ['open', 'contain', 'triage', 'assign-owner', 'rotate', 'revoke', 'verify', 'close'];
const undisturbed = seed();
await respond(undisturbed);
const calls = undisturbed.gate.passed;
/** The calls before the run loads its case. */
const intake = calls.indexOf('register.load');
const everywhere = calls.flatMap((_, index) => [
  { at: index + 1, when: 'before' as const },
  { at: index + 1, when: 'after' as const },
]);

/** Runs the story with a crash at each call in turn; answers what was wrong, by the call. */
async function wrongAt(
  kind: CrashPlan['kind'],
  check: (made: Seeded, at: number) => Promise<string[]>,
): Promise<string[]> {
  const wrong: string[] = [];
  for (const { at, when } of everywhere) {
    const made = seed({ crash: { at, when, kind } });
    const flaws = await check(made, at);
    wrong.push(...flaws.map((flaw) => `${when} call ${at}, ${calls[at - 1]}: ${flaw}`));
  }
  return wrong;
}

const recordedOrphans = async (made: Seeded): Promise<string[]> => {
  const [found] = await made.cases();
  const intents = Object.values(found?.work.rotation ?? {}) as RotationIntent[];
  return [
    ...(found?.facts.rotate?.rotations ?? []).flatMap(({ orphansDeleted }) => orphansDeleted),
    ...intents.flatMap(({ orphans }) => orphans),
  ];
};

/** What holds however the case ends. */
async function alwaysTrue(made: Seeded): Promise<string[]> {
  const flaws: string[] = [];
  const [found, ...others] = await made.cases();
  if (!found || others.length > 0) return [`${others.length + 1} cases`];
  const recorded = await recordedOrphans(made);
  for (const id of made.aws.deleted) if (!recorded.includes(id)) flaws.push(`${id} was deleted and no record says so`);
  if (made.aws.deleted.includes(made.key.id)) flaws.push('the leaked key was deleted');
  const current = heldBy(made).accessKeyId;
  if (!made.alice.keys.some(({ id }) => id === current)) flaws.push('the secret holds a key that is gone');
  const verified = await made.verify(found.id);
  if (!verified.ok) flaws.push(`the pack is refused: ${verified.class} ${verified.message}`);
  const written = await made.written();
  if (made.secretsSeen().some((value) => written.includes(value))) flaws.push('a secret value was written');
  return flaws;
}

describe('a process that dies at any single call, and is tried again', () => {
  it('leaves the end state, the keys and the chain as if nothing had happened', async () => {
    const wrong = await wrongAt('retried', async (made) => {
      const { found, ended } = await respond(made);
      const flaws = await alwaysTrue(made);
      if (ended !== 'SUCCEEDED' || found.stage !== 'closed') flaws.push(`${ended} ${found.stage}`);
      if (found.facts.close?.verdict !== 'contained-not-proven') flaws.push(`verdict ${found.facts.close?.verdict}`);
      const steps = made.recordsOf(found.id).map(({ predicate }) => predicate.step);
      if (steps.join() !== whole.join()) flaws.push(`records ${steps.join()}`);
      const keys = made.alice.keys.map(({ status }) => status).join();
      if (keys !== 'Inactive,Active') flaws.push(`keys ${keys}`);
      const active = made.alice.keys.find(({ status }) => status === 'Active');
      if (heldBy(made).secretAccessKey !== active?.secret) flaws.push('the secret does not hold the new key');
      if ([...made.secret.versions.values()].some(({ labels }) => labels.has('AWSPENDING'))) flaws.push('AWSPENDING');
      if (made.alice.policies.size !== 1) flaws.push(`${made.alice.policies.size} denies`);
      const told = new Set(made.topic.notices.map(({ what }) => what));
      if ([...told].toSorted().join() !== 'closed,cut,opened') flaws.push(`told ${[...told].join()}`);
      return flaws;
    });
    expect(wrong).toEqual([]);
  }, 60_000);

  it('has every change of a step in the record of that step', async () => {
    const wrong = await wrongAt('retried', async (made) => {
      const { found } = await respond(made);
      const rotation = made.recordsOf(found.id).find(({ predicate }) => predicate.step === 'rotate');
      const facts = rotation?.predicate.facts as
        | { rotations: { orphansDeleted: string[]; newKeyId: string }[] }
        | undefined;
      const rotations = facts?.rotations ?? [];
      const flaws: string[] = [];
      const deleted = rotations.flatMap(({ orphansDeleted }) => orphansDeleted);
      if (deleted.join() !== made.aws.deleted.join()) flaws.push(`deleted ${made.aws.deleted}, recorded ${deleted}`);
      if (rotations[0]?.newKeyId !== heldBy(made).accessKeyId) flaws.push('another new key than recorded');
      return flaws;
    });
    expect(wrong).toEqual([]);
  }, 60_000);
});

describe('two secrets that hold the same key, and a process that dies at any single call', () => {
  it('never end with a secret whose new key was deleted', async () => {
    const wrong = await wrongAt('retried', async (made) => {
      made.aws.addSecret('shop/alice-too', made.secret.tags, JSON.stringify(heldBy(made)));
      await respond(made);
      return alwaysTrue(made);
    });
    expect(wrong).toEqual([]);
  }, 60_000);
});

describe('a process that dies at any single call, and is not tried again', () => {
  it('parks the case, red, with what was done on record', async () => {
    const wrong = await wrongAt('not retried', async (made, at) => {
      const { found, ended } = await respond(made);
      const flaws = await alwaysTrue(made);
      // The queue delivers again what intake died on; the message of a closing is told after it.
      const goesOn = at <= intake;
      const isClosed = calls[at - 1] === 'register.close' || at > calls.indexOf('register.close');
      if (ended !== (goesOn ? 'SUCCEEDED' : 'FAILED')) flaws.push(ended);
      if (found.stage !== 'parked' && !goesOn && !isClosed) flaws.push(found.stage);
      return flaws;
    });
    expect(wrong).toEqual([]);
  }, 60_000);

  it('goes on with the next finding, and deletes nothing then', async () => {
    const wrong = await wrongAt('not retried', async (made) => {
      await respond(made);
      const deleted = made.aws.deleted.length;
      const { found } = await respond(made, event({}, { updatedAt: made.clock.now().toISOString() }));
      const cases = await made.cases();
      const flaws = cases.length > 1 ? [] : await alwaysTrue(made);
      if (!['closed', 'parked'].includes(found.stage)) flaws.push(found.stage);
      if (made.aws.deleted.length > deleted) flaws.push('the second run deleted a key');
      if (made.alice.keys.find(({ id }) => id === made.key.id)?.status !== 'Inactive') flaws.push('the key is active');
      return flaws;
    });
    expect(wrong).toEqual([]);
  }, 60_000);
});
