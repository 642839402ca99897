import type { Case } from '#core/case';
import { type WorldOptions, world } from './case-run.ts';
import type { FakeSecret, FakeUser } from './fake-aws.ts';
import { envelope, findingAbout, type Json, userId, userKey } from './sources/guardduty-finding.ts';

export const managedUser = { rescind: 'managed', owner: 'team-identity' };
export const managedSecret = { rescind: 'managed', 'rescind-user': 'alice', owner: 'team-shop' };

export interface SeedOptions extends WorldOptions {
  userTags?: Record<string, string>;
  secretTags?: Record<string, string>;
  /** Null: alice holds no secret. */
  secret?: null;
}

/** The world of the story user-key: alice, her leaked key, and the secret that holds it. */
export function seed({ userTags = managedUser, secretTags = managedSecret, secret, ...options }: SeedOptions = {}) {
  const made = world(options);
  const alice = made.aws.addUser('alice', userTags, userId);
  const key = made.aws.addKey(alice, userKey);
  const held = JSON.stringify({ accessKeyId: key.id, secretAccessKey: key.secret, region: 'eu-central-1' });
  const store = secret === null ? null : made.aws.addSecret('shop/alice', secretTags, held);
  return { ...made, alice: alice as FakeUser, key, secret: store as FakeSecret };
}
export type Seeded = ReturnType<typeof seed>;

let emitted = 0;
/** The event of a finding about alice, each with an id of its own unless told. */
export function event(details: Json = {}, overrides: Json = {}): Json {
  emitted += 1;
  const id = `5ec1de${String(emitted).padStart(26, '0')}`;
  return envelope(findingAbout(details, { id, ...overrides }));
}

/** The value under a label of the secret, as an application reads it. */
export function heldBy({ secret }: Seeded, label = 'AWSCURRENT'): { accessKeyId: string; secretAccessKey: string } {
  const version = [...secret.versions.values()].find(({ labels }) => labels.has(label));
  return JSON.parse(version?.value ?? 'null');
}

/** One finding, taken in and run to the end of its execution. */
export async function respond(made: Seeded, about: Json = event()): Promise<{ found: Case; ended: string }> {
  const [taken] = await made.deliver(about);
  if (!taken || !('caseId' in taken)) throw new Error('the event was not taken in');
  const ended = await made.drain();
  return { found: await made.register.load(taken.caseId), ended: ended.at(-1) ?? 'none' };
}
