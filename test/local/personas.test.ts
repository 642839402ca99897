import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Engine, startEngine } from '../../local/engine.ts';
import { application, refusedAfter } from '../../local/personas/application.ts';
import { attacker } from '../../local/personas/attacker.ts';
import { bystander } from '../../local/personas/bystander.ts';
import { secretReader } from '../../local/personas/secret-reader.ts';
import type { Credential, Work } from '../../local/personas/work.ts';
import { payAccount, putItem, secretId } from './pay-account.ts';

const home = resolve(import.meta.dirname, '..', '..');
mkdirSync(join(home, '.local'), { recursive: true });
let dir: string;
let engine: Engine;
let account: Awaited<ReturnType<typeof payAccount>>;
const pace = { everyMs: 5, mostCalls: 5_000 };

beforeEach(async () => {
  dir = mkdtempSync(join(home, '.local', 'test-personas-'));
  engine = await startEngine({ dir });
  account = await payAccount(engine);
}, 30_000);
afterEach(async () => {
  account.close();
  await engine.stop();
  rmSync(dir, { recursive: true, force: true });
});

const startApplication = (patienceMs?: number) =>
  application(engine, {
    source: secretReader(engine, account.reader, secretId),
    work: putItem,
    pace,
    ...(patienceMs === undefined ? {} : { patienceMs }),
  });

describe('the attacker', { timeout: 30_000 }, () => {
  it('is served with key and session before the cut, and refused by name with both after it', async () => {
    const thief = await attacker(engine, account.pay, putItem, pace);
    await thief.served;
    await account.setKey('Inactive');
    await account.denySessions();
    await Promise.all([thief.keyRefused, thief.sessionRefused]);
    const { key, session } = await thief.stop();
    expect(key.firstRefusal).toMatchObject({ name: 'UnrecognizedClientException', kind: 'dead', status: 400 });
    expect(session.firstRefusal).toMatchObject({ name: 'AccessDeniedException', kind: 'denied', status: 403 });
    for (const loop of [key, session]) {
      expect(loop).toMatchObject({ servedAfterFirstRefusal: 0, faults: 0, endedBy: 'stop' });
      expect(loop.servedBeforeFirstRefusal).toBeGreaterThan(0);
    }
  });

  it('keeps the session when only the key is cut, as on AWS', async () => {
    const thief = await attacker(engine, account.pay, putItem, pace);
    await thief.served;
    await account.setKey('Inactive');
    await thief.keyRefused;
    const { key, session } = await thief.stop();
    expect(key.refused).toBeGreaterThan(0);
    expect(session).toMatchObject({ refused: 0, firstRefusal: null, served: session.calls });
  });

  it('goes on after a refusal, so that a cut that does not hold is seen', async () => {
    const thief = await attacker(engine, account.pay, putItem, pace);
    await thief.served;
    await account.setKey('Inactive');
    await account.denySessions();
    await Promise.all([thief.keyRefused, thief.sessionRefused]);
    await account.setKey('Active');
    const before = await account.units();
    await expect.poll(account.units, { timeout: 5_000 }).toBeGreaterThan(before);
    const { key } = await thief.stop();
    expect(key.servedAfterFirstRefusal).toBeGreaterThan(0);
  });

  it('counts a wrong signature as a fault and not as a refusal', async () => {
    const forged: Credential = { ...account.bystander, secretAccessKey: 'not-the-secret' };
    const someone = bystander(engine, forged, putItem, { everyMs: 1, mostCalls: 3 });
    await expect(someone.served).rejects.toThrow('ended before any call was served');
    const summary = await someone.stop();
    expect(summary).toMatchObject({ calls: 3, refused: 0, faults: 3, firstRefusal: null });
    expect(summary.firstFault).toMatch(/Signature/);
  });
});

describe('the application', { timeout: 30_000 }, () => {
  it('finishes all its work across the cut, and no attempt that read the promoted secret is refused', async () => {
    const app = await startApplication();
    await app.served;
    await account.setKey('Inactive');
    await app.refused;
    const { key, at } = await account.promote();
    await app.servedAgain;
    const summary = await app.stop();
    expect(summary).toMatchObject({ faults: 0, endedBy: 'stop', done: summary.accepted });
    expect(await account.units()).toBe(summary.accepted);
    expect(summary.refused.length).toBeGreaterThan(0);
    expect(summary.refused.map(({ accessKeyId }) => accessKeyId)).not.toContain(key.accessKeyId);
    expect(refusedAfter(summary, at)).toEqual([]);
    expect(summary.keys.map(({ accessKeyId }) => accessKeyId)).toEqual([account.pay.accessKeyId, key.accessKeyId]);
    expect(summary.gapMs).toBe((summary.servedAgainAt ?? 0) - (summary.firstRefusedAt ?? 0));
  });

  it('loses one call at most when the new key is promoted before the old one dies', async () => {
    const app = await startApplication();
    await app.served;
    const { at } = await account.promote();
    await account.setKey('Inactive');
    await app.servedAgain;
    const summary = await app.stop();
    expect(summary.refused).toHaveLength(1);
    expect(refusedAfter(summary, at)).toEqual([]);
  });

  it('shows a refused attempt that read the secret after the promotion', async () => {
    const app = await startApplication();
    await app.served;
    const tooEarly = performance.timeOrigin;
    await account.setKey('Inactive');
    await app.refused;
    await account.promote();
    const summary = await app.stop();
    expect(refusedAfter(summary, tooEarly)).toEqual(summary.refused);
    expect(summary.refused.length).toBeGreaterThan(0);
  });

  it('gives up one unit when its patience ends, and says so', async () => {
    const app = await startApplication(200);
    await app.served;
    await account.setKey('Inactive');
    await app.refused;
    const summary = await app.stop();
    expect(summary).toMatchObject({ endedBy: 'patience', done: summary.accepted - 1, servedAgainAt: null });
  });

  it('never says a secret value', async () => {
    const app = await startApplication();
    await app.served;
    await account.setKey('Inactive');
    await app.refused;
    const { key } = await account.promote();
    const said = JSON.stringify(await app.stop());
    for (const { secretAccessKey } of [account.pay, account.reader, key]) expect(said).not.toContain(secretAccessKey);
  });
});

describe('the bystander', { timeout: 30_000 }, () => {
  it('loses no call while its neighbour is cut', async () => {
    const neighbour = bystander(engine, account.bystander, putItem, pace);
    await neighbour.served;
    await account.setKey('Inactive');
    await account.denySessions();
    const summary = await neighbour.stop();
    expect(summary).toMatchObject({ refused: 0, faults: 0, served: summary.calls, endedBy: 'stop' });
  });

  it('ends by itself at its limit, so that it never calls for ever', async () => {
    let calls = 0;
    const last = Promise.withResolvers<void>();
    const counted: Work = () => ({
      call: async () => {
        calls += 1;
        if (calls === 4) last.resolve();
      },
      close: () => undefined,
    });
    const neighbour = bystander(engine, account.bystander, counted, { everyMs: 0, mostCalls: 4 });
    await last.promise;
    expect(await neighbour.stop()).toMatchObject({ calls: 4, served: 4, endedBy: 'limit' });
  });
});
