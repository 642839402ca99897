import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { PlannedAction } from '#core/step-facts';
import { isWrite } from './fake-aws.ts';
import { event, heldBy, managedSecret, managedUser, type Seeded, seed } from './seed.ts';
import { envelope, findingAbout, type Json, userKey } from './sources/guardduty-finding.ts';

/** What happened, and what must follow: only what a story names is compared. */
interface Story {
  story: string;
  settings?: Json;
  world?: {
    noUser?: boolean;
    noSecret?: boolean;
    uniqueId?: string;
    userTags?: Record<string, string>;
    secretTags?: Record<string, string>;
    secondKey?: boolean;
    secretHolds?: 'second' | 'foreign' | 'text';
    pending?: 'stray' | 'text';
    newKeySeconds?: number;
    cutSeconds?: number;
  };
  finding?: { details?: Json; overrides?: Json; envelope?: Json; simulated?: boolean };
  then: {
    ignored?: string;
    ended?: string;
    stage?: string;
    verdict?: string;
    path?: string[];
    writes?: string[];
    reads?: string[];
    answers?: string[];
    needs?: string;
    reason?: string;
    owner?: string;
    rotation?: string;
    openPoint?: string;
    secretStillHoldsOldKey?: boolean;
  };
}

const folder = new URL('./stories/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
const storiesOf = (file: string) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Story[];

function arrange({ settings = {}, world = {} }: Story): Seeded {
  const { userTags = managedUser, secretTags = managedSecret } = world;
  const made = seed({ settings, userTags, secretTags, ...(world.noSecret && { secret: null }) });
  Object.assign(made.aws.spread, {
    newKeySeconds: world.newKeySeconds ?? 0,
    cutSeconds: world.cutSeconds ?? 0,
  });
  if (world.uniqueId) made.alice.uniqueId = world.uniqueId;
  if (world.secondKey) {
    const second = made.aws.addKey(made.alice);
    second.lastUsed = new Date('2026-08-19T08:00:00.000Z');
    if (world.secretHolds === 'second')
      hold(made, JSON.stringify({ accessKeyId: second.id, secretAccessKey: second.secret }));
  }
  if (world.secretHolds === 'foreign')
    hold(made, JSON.stringify({ accessKeyId: 'AKIA9999000099990000', secretAccessKey: 'somebody-else-0001' }));
  if (world.secretHolds === 'text') hold(made, 'just a password');
  if (world.pending) {
    const stray = JSON.stringify({ accessKeyId: 'AKIA8888000088880000', secretAccessKey: 'another-rotation-0001' });
    const value = world.pending === 'stray' ? stray : 'just a password';
    made.secret.versions.set('stray', { value, labels: new Set(['AWSPENDING']) });
  }
  if (world.noUser) made.aws.users.delete('alice');
  return made;
}

const hold = ({ secret }: Seeded, value: string) => {
  for (const version of secret.versions.values()) version.value = value;
};

/** Null in a story removes the field; the id is fresh, so that no two stories share a case. */
function happened({ finding = {} }: Story): Json {
  const given = Object.entries(finding.details ?? {}).map(([key, value]) => [key, value ?? undefined]);
  const id = (event().detail as Json).id;
  const about = findingAbout(Object.fromEntries(given), { id, ...finding.overrides });
  const source = finding.simulated ? { source: 'rescind.simulated.guardduty' } : {};
  return envelope(about, { ...source, ...finding.envelope });
}

const said = ({ action, answer, would }: PlannedAction) => `${action} ${answer}${would ? ` (would be ${would})` : ''}`;

describe.each(files)('%s', (file) => {
  it.each(storiesOf(file).map((each) => [each.story, each] as const))('%s', async (_, story) => {
    const { then } = story;
    const made = arrange(story);
    const [taken] = await made.deliver(happened(story));
    if (then.ignored !== undefined) {
      expect(taken).toMatchObject({ outcome: 'ignored', reason: expect.stringContaining(then.ignored) });
      expect(await made.cases()).toEqual([]);
      return;
    }
    const [ended] = await made.drain();
    const [found] = await made.cases();
    if (!found) throw new Error('no case was opened');
    const { facts } = found;
    const calls = made.aws.calls.map((call) => ({ ...call, text: `${call.by} ${call.operation}` }));
    const plan = facts.triage?.plan.map(said) ?? [];
    expect.soft({ ended, stage: found.stage }).toEqual({ ended: then.ended, stage: then.stage });
    if (then.verdict) expect.soft(facts.close?.verdict).toBe(then.verdict);
    if (then.path) expect.soft(made.visited).toEqual(then.path);
    if (then.writes) expect.soft(calls.filter(isWrite).map(({ text }) => text)).toEqual(then.writes);
    if (then.reads) expect.soft(calls.filter((call) => !isWrite(call))).toEqual(then.reads);
    if (then.answers) expect.soft(plan).toEqual(expect.arrayContaining(then.answers));
    if (then.needs) expect.soft(facts.park?.needs).toContain(then.needs);
    if (then.reason) expect.soft(facts.park?.reason).toContain(then.reason);
    if (then.owner) expect.soft(facts['assign-owner']?.owner?.owner).toBe(then.owner);
    if (then.rotation) expect.soft(facts.rotate?.rotations[0]?.outcome).toBe(then.rotation);
    if (then.openPoint) expect.soft(facts.close?.openPoints.join('\n')).toContain(then.openPoint);
    if (then.secretStillHoldsOldKey) expect.soft(heldBy(made).accessKeyId).toBe(userKey);
    if (then.stage === 'noted') expect.soft(made.recordsOf(found.id)).toEqual([]);
    else expect.soft(await made.verify(found.id)).toMatchObject({ ok: true, closed: then.stage === 'closed' });
    expect.soft(made.aws.deleted).toEqual([]);
  });
});
