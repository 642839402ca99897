import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryRegister } from '#adapters/memory';
import type { Case } from '#core/case';
import { type Finding, type Signal, signals, stronger } from '#core/finding';
import { attachFinding, type CaseRows } from '#core/intake/attach';
import { attachedAs, openCase } from '#core/intake/open-case';
import { standingAfter, tellsMore } from '#core/intake/standing';
import { finding, identity, keyOnly } from '../../build-finding.ts';

const at = '2026-08-20T10:00:00.000Z';
const rows = (overrides: Partial<CaseRows>): CaseRows => ({
  pointers: async () => [],
  load: async () => null,
  standing: async () => null,
  insert: async () => true,
  join: async () => true,
  advance: async () => true,
  ...overrides,
});
/** One open case, and what was written over it. */
async function joining(found: Partial<Case>, about = finding(), first = finding()) {
  const standing = { ...openCase(first, at, 'enforce'), taken: 1, ...found };
  const written: Partial<Case>[] = [];
  const attachment = await attachFinding(
    rows({
      pointers: async (aliases) => aliases.map((alias) => ({ alias, found: standing })),
      join: async (_, changes) => {
        written.push(changes);
        return true;
      },
    }),
    about,
    at,
    'guarded',
  );
  return { attachment, changes: written[0] ?? {} };
}

describe('attachFinding', () => {
  it('looks again where somebody else was first', async () => {
    let tries = 0;
    const insert = async () => {
      tries += 1;
      return tries === 3;
    };
    expect(await attachFinding(rows({ insert }), finding(), at, 'enforce')).toMatchObject({ outcome: 'opened' });
    expect(tries).toBe(3);
  });

  it('gives up after twelve tries, and the finding stays in the queue', async () => {
    const never = rows({ insert: async () => false });
    await expect(attachFinding(never, finding(), at, 'enforce')).rejects.toThrow(/stays in the queue/);
  });

  it.each([
    ['advisory', 'immediate', 'immediate'],
    ['immediate', 'advisory', 'immediate'],
    ['blocking', 'blocking', 'blocking'],
  ] as const)('keeps the stronger of two signals: %s and %s', async (standing, comes, stronger) => {
    const { changes } = await joining({ signal: standing }, finding({ signal: comes }));
    expect(changes.signal).toBe(stronger);
  });

  it('joins all identifiers, each once', async () => {
    const { changes } = await joining({}, finding({ identity: identity('alice', 'AKIA0000000000000009') }));
    expect(changes.identity?.aliases).toEqual([
      'access-key/AKIA0000000000000009',
      'access-key/AKIA1111222233334444',
      'user/111122223333/alice',
    ]);
  });

  it('keeps the stronger identity when a later finding knows less', async () => {
    const { changes } = await joining({}, finding({ identity: keyOnly() }));
    expect(changes.identity).toMatchObject({ kind: 'iam-user', name: 'alice' });
  });

  it('leaves a running case at its stage and its run', async () => {
    const { attachment, changes } = await joining({ stage: 'rotated', facts: { rotate: undefined } as never });
    expect(attachment).toMatchObject({ run: 1, outcome: 'joined' });
    expect(Object.keys(changes)).not.toEqual(expect.arrayContaining(['stage']));
  });

  it('begins the next run of a parked case in the mode of now, its first states before any change kept', async () => {
    const work = { before: { a: 1 }, cutoff: { run: 1, taken: 1, at }, calls: [] };
    const { changes } = await joining({ stage: 'parked', work });
    expect(changes).toMatchObject({ run: 2, stage: 'opened', mode: 'guarded', facts: {} });
    expect(changes.work).toEqual({ before: { a: 1 }, calls: [] });
  });

  it('begins no run of a parked case that is full of records, but for what cuts by itself', async () => {
    const records = Array.from({ length: 2000 }, (_, n) => ({ number: n + 1, step: 'park' as const, sha256: 'x' }));
    const told = (signal: Finding['signal']) => joining({ stage: 'parked', records }, finding({ signal }));
    expect((await told('blocking')).attachment).toMatchObject({ run: 1, outcome: 'joined', waiting: false });
    expect((await told('immediate')).attachment).toMatchObject({ run: 2, outcome: 'joined', waiting: true });
  });

  it('takes the class of the new finding alone where a closed case goes on', async () => {
    const about = finding({ signal: 'advisory', observedAt: '2026-08-21T00:00:00.000Z' });
    const cuts = [{ done: [], cutoff: at, cutAt: at, user: null, role: null }];
    const closed: Case = {
      ...openCase(about, at, 'enforce'),
      stage: 'closed',
      closedAt: at,
      signal: 'immediate',
      cuts,
    };
    let changes: Partial<Case> = {};
    const attachment = await attachFinding(
      rows({
        standing: async () => standingAfter({ ...about, signal: 'blocking' }, closed.id, 1, null),
        load: async () => closed,
        join: async (_, made) => {
          changes = made;
          return true;
        },
      }),
      about,
      at,
      'enforce',
    );
    expect([attachment.run, changes.signal]).toEqual([2, 'advisory']);
  });
});

describe('findings about several who are said to hold one key', () => {
  const users = ['alice', 'bob', 'mallory'];
  const key = 'AKIA1111222233334444';
  const about = fc.record({ who: fc.constantFrom(...users, null), id: fc.nat(3), behind: fc.nat(12) });

  it('have a case for each of them or that of the key, whatever the order, beside each other, and though one id tells of two', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(about, { minLength: 1, maxLength: 9 }), async (all) => {
        const register = memoryRegister();
        const sent = all.map(({ who, id }, n) => ({
          who,
          finding: finding({
            id: `f${id}`,
            raw: String(n),
            identity: who ? identity(who, key) : keyOnly(key),
            credential: { accessKeyId: key },
          }),
        }));
        const attached = await Promise.all(
          sent.map(async ({ finding: each }, n) => {
            for (let ticks = all[n]?.behind ?? 0; ticks > 0; ticks -= 1) await Promise.resolve();
            return register.attach(each, at, 'enforce');
          }),
        );
        const cases = await register.list(99);
        const names = cases.map(({ identity: { aliases } }) => aliases.filter((alias) => alias.startsWith('user/')));
        expect(names.filter((each) => each.length > 1)).toEqual([]);
        const about = await Promise.all(attached.map(({ caseId }) => register.load(caseId)));
        for (const [n, { who, finding: each }] of sent.entries())
          if (who && attached[n]?.outcome !== 'repeated')
            expect([each.identity.key, keyOnly(key).key]).toContain(about[n]?.identity.key);
        expect(new Set(names.flat()).size).toBe(names.flat().length);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the versions of one finding', () => {
  const version = fc.record({ keys: fc.subarray([1, 2, 3], { minLength: 1 }), signal: fc.constantFrom(...signals) });
  const course = fc.record({
    versions: fc.array(version, { minLength: 1, maxLength: 4 }),
    /** Any order, any number of times, some beside each other. */
    deliveries: fc.array(fc.record({ which: fc.nat(3), behind: fc.nat(12) }), { maxLength: 8 }),
  });

  it('are attached as long as they tell more, in any order, however often and beside each other', async () => {
    await fc.assert(
      fc.asyncProperty(course, async ({ versions, deliveries }) => {
        const register = memoryRegister();
        const all = versions.map(({ keys, signal }, n) => {
          const aliases = [...keys.map((key) => `access-key/AKIA000000000000000${key}`), identity('alice').key];
          return finding({ id: 'one', signal, raw: String(n), identity: { ...identity('alice'), aliases } });
        });
        const sent = [...deliveries.map(({ which }) => all[which % all.length] as Finding), ...all];
        await Promise.all(
          sent.map(async (about, n) => {
            for (let ticks = deliveries[n]?.behind ?? 0; ticks > 0; ticks -= 1) await Promise.resolve();
            await register.attach(about, at, 'enforce');
          }),
        );
        const [found] = await register.list(9);
        const rows = await register.findings(found?.id ?? '');
        expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, n) => n + 1));
        expect(rows).toHaveLength(found?.attached ?? 0);
        expect(new Set(rows.map(({ raw }) => raw)).size).toBe(rows.length);
        const told = rows.map(({ raw }) => versions[Number(raw)]);
        expect(new Set(told.flatMap((each) => each?.keys ?? []))).toEqual(
          new Set(versions.flatMap(({ keys }) => keys)),
        );
        const strongest = (some: ({ signal: Signal } | undefined)[]) =>
          some.reduce<Signal>((signal, each) => stronger(signal, each?.signal ?? signal), 'advisory');
        expect(strongest(told)).toBe(strongest(versions));
        for (const about of all)
          expect(await register.attach(about, at, 'enforce')).toMatchObject({ outcome: 'repeated' });
      }),
      { numRuns: 300 },
    );
  });

  it('are remembered by what they name, and no row grows beyond measure', () => {
    let standing = standingAfter(finding(), 'c', 1, null);
    for (let n = 0; n < 2000; n += 1)
      standing = standingAfter(finding({ identity: identity('alice', `AKIA${n}`) }), 'c', n, standing);
    expect(standing.names).toHaveLength(500);
    expect(tellsMore(finding({ identity: identity('alice', 'AKIA1999') }), standing)).toBe(false);
    expect(tellsMore(finding({ identity: identity('alice', 'AKIA9999') }), standing)).toBe(true);
  });

  it.each<[string, Partial<Finding>]>([
    ['another credential', { credential: { accessKeyId: 'AKIA0000000000000009' } }],
    ['another name of its identity', { identity: identity('alice', 'AKIA0000000000000009') }],
    ['another session', { identity: { ...identity('alice'), session: 'i-0123abcd' } }],
    ['another unique id', { identity: { ...identity('alice'), uniqueId: 'AIDA9999000099990000B' } }],
    ['a stronger signal', { signal: 'immediate' }],
  ])('tell more by %s', (_, overrides) => {
    const about = finding({ signal: 'blocking' });
    const standing = standingAfter(about, 'c', 1, null);
    expect(tellsMore({ ...about, ...overrides }, standing)).toBe(true);
  });

  it.each<[string, Partial<Finding>]>([
    ['a later time', { observedAt: '2999-01-01T00:00:00.000Z' }],
    ['other bytes', { raw: 'f'.repeat(64) }],
    ['another severity of the same signal', { severity: 9 }],
    ['a weaker signal', { signal: 'advisory' }],
    ['fewer names', { identity: { ...identity('alice'), aliases: [identity('alice').key] } }],
  ])('tell nothing more by %s', (_, overrides) => {
    const about = finding({ signal: 'blocking' });
    expect(tellsMore({ ...about, ...overrides }, standingAfter(about, 'c', 1, null))).toBe(false);
  });
});

describe('the row of a finding', () => {
  it('keeps of a finding what the register needs, and no more', () => {
    expect(Object.keys(attachedAs(finding(), at, 1)).toSorted()).toEqual([
      'about',
      'id',
      'observedAt',
      'raw',
      'receivedAt',
      'seq',
      'signal',
      'source',
      'type',
      'why',
    ]);
  });
});
