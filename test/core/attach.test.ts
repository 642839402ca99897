import { describe, expect, it } from 'vitest';
import { memoryRegister } from '#adapters/memory';
import { attachFinding, type CaseRows } from '#core/attach';
import type { Case } from '#core/case';
import { attachedAs, openCase } from '#core/open-case';
import { finding, identity, keyOnly } from '../build-finding.ts';

const at = '2026-08-20T10:00:00.000Z';
const rows = (overrides: Partial<CaseRows>): CaseRows => ({
  openCaseOf: async () => null,
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
      openCaseOf: async () => standing,
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

  it('counts a case as simulated only while all of its findings are', async () => {
    expect((await joining({ simulated: true }, finding({ simulated: false }))).changes.simulated).toBe(false);
    expect((await joining({ simulated: true }, finding({ simulated: true }))).changes.simulated).toBe(true);
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

  it('takes the class of the new finding alone where a closed case goes on', async () => {
    const about = finding({ signal: 'advisory', observedAt: '2026-08-21T00:00:00.000Z' });
    const closed: Case = { ...openCase(about, at, 'enforce'), stage: 'closed', closedAt: at, signal: 'immediate' };
    let changes: Partial<Case> = {};
    const attachment = await attachFinding(
      rows({
        standing: async () => ({ caseId: closed.id, seq: 1 }),
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

describe('the row of a finding', () => {
  it('keeps of a finding what the register needs, and no more', () => {
    expect(Object.keys(attachedAs(finding(), at, 1)).toSorted()).toEqual([
      'id',
      'observedAt',
      'raw',
      'receivedAt',
      'seq',
      'signal',
      'source',
      'type',
    ]);
  });

  it('is replaced where the finding is seen again, and counted once', async () => {
    const register = memoryRegister();
    const about = finding();
    const { caseId } = await register.attach(about, at, 'enforce');
    await register.close(await register.load(caseId), { stage: 'closed' });
    await register.attach({ ...about, observedAt: '2999-01-01T00:00:00.000Z' }, at, 'enforce');
    expect(await register.findings(caseId)).toMatchObject([{ seq: 2, observedAt: '2999-01-01T00:00:00.000Z' }]);
  });
});
