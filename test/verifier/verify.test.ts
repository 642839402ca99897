import { createContext, Script } from 'node:vm';
import { build } from 'esbuild';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Statement } from '#verifier/format';
import { verifyPack } from '#verifier/verify';
import { bytesOf, newKey, packOf, policyFor, signedCase, testReport, wholeCase } from './signed-pack.ts';

const key = newKey();
const policy = policyFor(key);
const pack = packOf(signedCase({ key }));
const openPack = packOf(signedCase({ key, steps: ['open', 'contain', 'triage', 'park'] }));

describe('verifyPack', () => {
  it('accepts a closed case and says whose key signed it', async () => {
    expect(await verifyPack(pack, policy, { report: testReport })).toMatchObject({
      ok: true,
      caseId: 'c-0123456789abcdef',
      records: 9,
      closed: true,
      keyids: [key.keyid],
    });
  });

  it('hands out the statements that it has verified, in order', async () => {
    const verdict = await verifyPack(pack, policy);
    expect(verdict.ok && verdict.statements.map(({ predicate }) => predicate.step)).toEqual(wholeCase);
  });

  it('accepts a case that was parked and taken up again by a later run', async () => {
    const steps = ['open', 'contain', 'park', 'contain', 'triage', 'rotate', 'close'];
    const resumed = signedCase({
      key,
      steps,
      change: (was) => ({ ...was, predicate: { ...was.predicate, run: was.predicate.number > 3 ? 2 : 1 } }),
    });
    expect(await verifyPack(packOf(resumed), policy)).toMatchObject({ ok: true, closed: true, records: 7 });
  });

  it('accepts two keys where each signs the steps that the policy gives it', async () => {
    const second = newKey();
    const both = { ...policyFor(key, second), note: 'one key a role' };
    expect(await verifyPack(packOf(signedCase({ key: second })), both)).toMatchObject({
      ok: true,
      keyids: [second.keyid],
    });
  });

  it('lets clocks of two hosts differ by five seconds and not by six', async () => {
    const late = (seconds: number) =>
      packOf(
        signedCase({
          key,
          change: (was) => {
            const occurredAt = new Date(Date.parse(was.predicate.recordedAt) + seconds * 1000).toISOString();
            return { ...was, predicate: { ...was.predicate, occurredAt } };
          },
        }),
      );
    expect(await verifyPack(late(5), policy)).toMatchObject({ ok: true });
    expect(await verifyPack(late(6), policy)).toMatchObject({ ok: false, class: 'time' });
  });

  it('does not let the clock creep back by a few seconds a record', async () => {
    const start = Date.parse('2026-11-24T09:00:00Z');
    const creeping = signedCase({
      key,
      change: (was) => {
        const now = new Date(start - was.predicate.number * 4000).toISOString();
        return { ...was, predicate: { ...was.predicate, occurredAt: now, recordedAt: now, calls: [] } };
      },
    });
    const where = 'records/0003-triage.dsse.json';
    expect(await verifyPack(packOf(creeping), policy)).toMatchObject({ ok: false, class: 'time', where });
  });

  it('lets fields through that it does not know where a signature covers them', async () => {
    const change = (was: object) => ({ ...was, later: 'a field of tomorrow' }) as never;
    expect(await verifyPack(packOf(signedCase({ key, change })), policy)).toMatchObject({ ok: true });
  });

  it('refuses a case without closing record, for nobody can tell whether its end was cut off', async () => {
    expect(await verifyPack(openPack, policy)).toMatchObject({
      ok: false,
      class: 'not-closed',
      message: 'not closed: 4 records so far, completeness cannot be shown',
      caseId: 'c-0123456789abcdef',
      records: 4,
      closed: false,
    });
  });

  const twoRuns = (second: string[]) =>
    packOf(
      signedCase({
        key,
        steps: [...wholeCase, ...second],
        change: (statement) => ({
          ...statement,
          predicate: { ...statement.predicate, run: statement.predicate.number > wholeCase.length ? 2 : 1 },
        }),
      }),
    );

  it('accepts a closed case that a later run reopened and closed again', async () => {
    expect(await verifyPack(twoRuns(['contain', 'triage', 'close']), policy)).toMatchObject({ ok: true, closed: true });
  });

  it.each([
    ['looked at again', ['look']],
    ['taken back', ['rollback']],
    ['taken back and looked at again', ['rollback', 'look']],
  ])('accepts a closed case that was %s, and it stays closed', async (_, after) => {
    const files = packOf(signedCase({ key, steps: [...wholeCase, ...after], closing: ['close', 'look', 'rollback'] }));
    expect(await verifyPack(files, policy)).toMatchObject({ ok: true, closed: true });
  });

  it('accepts a closed case that a look found open again, and a later run closed', async () => {
    expect(await verifyPack(twoRuns(['contain', 'verify', 'close', 'look']), policy)).toMatchObject({ closed: true });
  });

  it('takes a parked case that was taken back for unfinished', async () => {
    const files = packOf(signedCase({ key, steps: ['open', 'contain', 'park', 'rollback'] }));
    expect(await verifyPack(files, policy)).toMatchObject({ ok: false, class: 'not-closed' });
    expect(await verifyPack(files, policy, { allowOpen: true })).toMatchObject({ ok: true, closed: false });
  });

  it('takes a reopened case for unfinished until it is closed again', async () => {
    expect(await verifyPack(twoRuns(['contain', 'triage']), policy)).toMatchObject({ ok: false, class: 'not-closed' });
  });

  it('takes a case whose closing could not be registered for parked, not for closed', async () => {
    const parked = packOf(signedCase({ key, steps: [...wholeCase, 'park'] }));
    expect(await verifyPack(parked, policy)).toMatchObject({ ok: false, class: 'not-closed' });
  });

  it('accepts an unfinished case only when asked to, and says that it is not closed', async () => {
    expect(await verifyPack(openPack, policy, { allowOpen: true })).toMatchObject({ ok: true, closed: false });
  });

  it('says "consistent, origin not checked" without a policy', async () => {
    expect(await verifyPack(pack, null, { report: testReport })).toMatchObject({
      ok: false,
      class: 'origin-not-checked',
      message: 'consistent, origin not checked',
      closed: true,
    });
  });

  it('finds without a policy what a consistent pack cannot have', async () => {
    const broken = new Map(pack).set('raw/x', bytesOf('x'));
    expect(await verifyPack(broken, null)).toMatchObject({ ok: false, class: 'path' });
  });

  it('takes the policy as the bytes of its file and reads them strictly', async () => {
    const text = JSON.stringify(policy);
    expect(await verifyPack(pack, bytesOf(text))).toMatchObject({ ok: true });
    const twice = text.replace('{', '{"log":null,');
    expect(await verifyPack(pack, bytesOf(twice))).toMatchObject({ ok: false, class: 'policy' });
  });

  it('answers in one line of printable ASCII, whatever a file is called', async () => {
    const verdict = await verifyPack(new Map(pack).set('\u001b[2J\nOK \u202e', bytesOf('x')), policy);
    expect(verdict).toMatchObject({ ok: false, class: 'path' });
    expect(JSON.stringify(verdict.ok ? '' : [verdict.where, verdict.message])).toMatch(/^[\x20-\x7e]+$/);
  });

  it('answers whatever a holder of the key signs, and throws nothing', async () => {
    const anyPlace = fc.tuple(fc.constantFrom('statement', 'predicate', 'subject', 'call'), fc.nat(), fc.jsonValue());
    await fc.assert(
      fc.asyncProperty(anyPlace, async ([part, place, value]) => {
        const change = (was: Statement): Statement => {
          const parts = {
            statement: was,
            predicate: was.predicate,
            subject: was.subject[0],
            call: was.predicate.calls[0],
          };
          const target = parts[part] as unknown as Record<string, unknown>;
          const names = Object.keys(target);
          target[names[place % names.length] as string] = value;
          return was;
        };
        const files = packOf({ ...signedCase({ key, change }), statements: [] });
        expect((await verifyPack(files, policy)).ok).toBeTypeOf('boolean');
      }),
      { numRuns: 300 },
    );
  });

  it('refuses a report that cannot be rendered again', async () => {
    const nothing = { version: 1, render: () => null };
    const stumbling = {
      version: 1,
      render: () => {
        throw new TypeError('no such fact');
      },
    };
    for (const report of [nothing, stumbling])
      expect(await verifyPack(pack, policy, { report })).toMatchObject({ ok: false, class: 'report' });
  });

  it('names the first of several faults', async () => {
    const faulty = signedCase({
      key,
      change: (was) => ({ ...was, predicate: { ...was.predicate, caseId: 'c-fedcba9876543210' } }),
    });
    expect(await verifyPack(packOf(faulty), policy)).toMatchObject({
      class: 'case',
      where: 'records/0001-open.dsse.json',
    });
  });

  it('runs on what a browser offers and nothing else', async () => {
    const entry = new URL('../../verifier/verify.ts', import.meta.url).pathname;
    const bundled = await build({
      entryPoints: [entry],
      bundle: true,
      write: false,
      format: 'iife',
      globalName: 'verifier',
    });
    const context = createContext({ crypto, TextDecoder, TextEncoder, atob, btoa });
    new Script(`${bundled.outputFiles[0]?.text}; globalThis.verifyPack = verifier.verifyPack`).runInContext(context);
    expect(await context.verifyPack(pack, policy)).toMatchObject({ ok: true, records: 9 });
  });
});
