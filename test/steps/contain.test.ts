import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contain } from '#core/steps';
import { aCase, always, ports } from '../build-case.ts';
import { finding, identity, keyOnly } from '../build-finding.ts';
import { awsError, fakeAws, fakeClock, isWrite } from '../fake-aws.ts';
import { account, sessionKey, userId, userKey } from '../sources/guardduty-finding.ts';

function world(start?: string, options: Parameters<typeof ports>[0] = {}) {
  const aws = fakeAws({ clock: fakeClock(start) });
  const alice = aws.addUser('alice', {}, userId);
  const key = aws.addKey(alice, userKey);
  const around = ports({ aws, ...options });
  const about = finding();
  const run = (found = aCase({}, about), findings = [about]) => contain.run({ found, findings }, around.ports);
  return { alice, key, run, about, ...around };
}
const whats = (outcome: Awaited<ReturnType<typeof contain.run>>) => outcome?.notices?.map(({ what }) => what);

const cutTold = (outcome: Awaited<ReturnType<typeof contain.run>>) =>
  outcome?.notices?.filter(({ what }) => what === 'cut').map(({ summary }) => summary.cut);

describe('contain', () => {
  it('cuts what policy allows at once, and leaves what it does not', async () => {
    const { run, key, alice } = world(undefined, {
      decide: (question) => always(question.action === 'deny-user-sessions' ? 'auto' : 'approval')(question),
    });
    const outcome = await run();
    expect([key.status, alice.policies.size]).toEqual(['Active', 1]);
    expect(outcome?.facts.done.map(({ action }) => action)).toEqual(['deny-user-sessions']);
  });

  it.each(['approval', 'forbidden'] as const)('changes nothing where policy answers %s', async (answer) => {
    const { run, aws } = world(undefined, { decide: always(answer) });
    const outcome = await run();
    expect([outcome?.stage, aws.calls.filter(isWrite)]).toEqual(['opened', []]);
  });

  it('stores the state before, and the cut-off, before it changes anything', async () => {
    const { run, aws, kept } = world();
    for (const operation of ['iam:UpdateAccessKey', 'iam:PutUserPolicy'] as const)
      aws.fail(operation, 1, { error: awsError('ServiceFailure', 'try again', 503) });
    await expect(run()).rejects.toMatchObject({ name: 'Retryable' });
    expect(kept).toMatchObject([
      {
        before: { [`deactivate-access-key access-key/${userKey}`]: { status: 'Active' } },
        cutoff: { run: 1, taken: 1 },
      },
    ]);
  });

  it('tells what AWS refused to cut beside what was cut', async () => {
    const { run, aws, alice } = world();
    aws.fail('iam:UpdateAccessKey', 1, { error: awsError('AccessDenied', 'no', 403) });
    const { facts } = (await run()) ?? {};
    expect([facts?.done.map(({ action }) => action), facts?.refused]).toEqual([
      ['deny-user-sessions'],
      [{ action: 'deactivate-access-key', credential: `access-key/${userKey}`, error: 'AccessDenied' }],
    ]);
    expect(alice.policies.size).toBe(1);
  });

  it('tells the state before the first of several cuts of a credential', async () => {
    const { run, key, about } = world();
    key.status = 'Inactive';
    const first = { action: 'deactivate-access-key', credential: `access-key/${userKey}`, outcome: 'done' as const };
    const done = [{ ...first, before: { status: 'Active' }, after: { status: 'Inactive' } }];
    const outcome = await run(aCase({ cuts: [{ done, cutoff: null, user: null }] }, about));
    expect(outcome?.facts.done[0]).toMatchObject({ outcome: 'already-done', before: { status: 'Active' } });
  });

  it('tells the state before the first attempt, not the one that a retry finds', async () => {
    const { run, key, about } = world();
    key.status = 'Inactive';
    const before = { [`deactivate-access-key access-key/${userKey}`]: { status: 'Active' } };
    const outcome = await run(aCase({ work: { before } }, about));
    expect(outcome?.facts.done[0]).toMatchObject({ before: { status: 'Active' } });
  });

  it.each<[string, object | undefined]>([
    ['before the case', undefined],
    ['before an attempt of this run that died', { status: 'Inactive' }],
  ])('does not say that it made a key inactive that was so %s, and tells nobody', async (_, status) => {
    const { run, key, about } = world();
    key.status = 'Inactive';
    const work = status && { before: { [`deactivate-access-key access-key/${userKey}`]: status } };
    const outcome = await run(aCase({ ...(work && { work }) }, about));
    expect(outcome?.facts.done[0]).toMatchObject({ action: 'deactivate-access-key', outcome: 'already-done' });
    expect(cutTold(outcome)).toEqual([[`user-sessions/${account}/alice`]]);
  });

  it('says that it made a key inactive where an attempt that died has done so, and tells of it', async () => {
    const { run, aws, key, about } = world();
    key.status = 'Inactive';
    const before = { [`deactivate-access-key access-key/${userKey}`]: { status: 'Active' } };
    const outcome = await run(aCase({ work: { before } }, about));
    expect(outcome?.facts.done[0]).toMatchObject({ action: 'deactivate-access-key', outcome: 'done' });
    expect(aws.calls.filter(isWrite).map(({ operation }) => operation)).toContain('iam:UpdateAccessKey');
    expect(cutTold(outcome)).toEqual([[`access-key/${userKey}`, `user-sessions/${account}/alice`]]);
  });

  it('tells of no cut where it made none', async () => {
    const { run, key, about } = world(undefined, {
      decide: (question) => always(question.action === 'deny-user-sessions' ? 'approval' : 'auto')(question),
    });
    key.status = 'Inactive';
    const outcome = await run(aCase({}, about));
    expect([outcome?.facts.done.length, outcome?.facts.cutAt, cutTold(outcome)]).toEqual([1, undefined, []]);
  });

  it('keeps its cut-off over a retry, and stamps a new one for a further finding', async () => {
    const { run, about } = world();
    const cutoff = { run: 1, taken: 1, at: '2026-08-20T09:00:00Z' };
    expect((await run(aCase({ work: { cutoff } }, about)))?.facts.cutoff).toBe(cutoff.at);
    expect((await run(aCase({ work: { cutoff }, taken: 2 }, about)))?.facts.cutoff).not.toBe(cutoff.at);
    expect((await run(aCase({ work: { cutoff }, run: 2 }, about)))?.facts.cutoff).not.toBe(cutoff.at);
  });

  it('cuts off in whole seconds, never before the lead is over', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 999 }), fc.integer({ min: 0, max: 300 }), async (ms, lead) => {
        const start = new Date(Date.UTC(2026, 7, 20, 10, 0, 0, ms)).toISOString();
        const { run, aws } = world(start, { settings: { cutoffLeadSeconds: lead } });
        const facts = (await run())?.facts;
        const ahead = Date.parse(facts?.cutoff ?? '') - aws.clock.ms();
        expect(facts?.cutoff).toMatch(/:\d\dZ$/);
        // Two calls of 20 ms are made after the stamp.
        expect(ahead).toBeGreaterThanOrEqual(lead * 1000 - 100);
        expect(ahead).toBeLessThan((lead + 1) * 1000);
      }),
    );
  });

  it('looks nobody up for a finding of another account', async () => {
    const { run, aws } = world();
    const about = finding({ account: '999988887777' });
    const outcome = await run(aCase({}, about), [about]);
    expect(aws.calls).toEqual([]);
    expect(outcome?.facts.reason).toContain('999988887777');
  });

  it.each([
    ['the key of a session alone', keyOnly(sessionKey)],
    ['a key whose bearer contradicts it', { ...keyOnly(), key: 'unknown/guardduty/1' }],
    ['root', { kind: 'root' as const, key: `root/${account}`, aliases: [] }],
    ['a role', { ...identity('alice'), kind: 'iam-role' as const }],
  ])('looks nobody up for %s', async (_, who) => {
    const { run, aws } = world();
    const about = finding({ identity: who });
    await run(aCase({}, about), [about]);
    expect(aws.calls).toEqual([]);
  });

  it('tells of the opening in the first run only, and of a cut whenever there is one', async () => {
    const { run, about } = world();
    const records = [{ number: 1, step: 'open' as const, sha256: '' }];
    expect(whats(await run())).toEqual(['opened', 'cut']);
    expect(whats(await run(aCase({ records }, about)))).toEqual(['cut']);
  });
});
