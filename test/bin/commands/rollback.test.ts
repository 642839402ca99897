import { describe, expect, it } from 'vitest';
import type { RollbackEnd } from '#adapters/rollback-machine';
import type { TakenBack } from '#core/step-facts';
import { rollbackCommand } from '../../../bin/commands/rollback.ts';
import { caseId } from '../../core/report/sample-identity.ts';
import { printed, storedCase } from '../stored-case.ts';

const items = (...outcomes: TakenBack['outcome'][]): TakenBack[] =>
  outcomes.map((outcome) => ({
    action: 'deny-user-sessions',
    credential: 'user-sessions/1/a',
    outcome,
    reason: 'why',
  }));
const succeeded = (...outcomes: TakenBack['outcome'][]): RollbackEnd => ({
  status: 'SUCCEEDED',
  rolledBack: { outcome: 'rolled-back', caseId, record: 9, items: items(...outcomes) },
});

async function run(end: RollbackEnd, json = false) {
  const { register } = await storedCase();
  const { io, out, err } = printed();
  const orders: unknown[] = [];
  let looks = 0;
  const rollback = {
    start: async (order: unknown) => {
      orders.push(order);
      return 'arn:execution';
    },
    ended: async () => {
      looks += 1;
      return looks < 3 ? null : end;
    },
  };
  const exit = await rollbackCommand({ caseId, json }, { register, rollback, caller: async () => 'arn:olga' }, io, 0);
  return { exit, out, err: err.join('\n'), orders };
}

describe('rescind rollback', () => {
  it('starts the machine in the name of its caller and waits for its end', async () => {
    const { exit, out, orders, err } = await run(succeeded('taken-back', 'kept'));
    expect(orders).toEqual([{ caseId, by: 'arn:olga' }]);
    expect(exit).toBe(0);
    expect(out).toEqual([
      'taken-back   deny-user-sessions of user-sessions/1/a: why',
      'kept         deny-user-sessions of user-sessions/1/a: why',
    ]);
    expect(err).toContain('record 9');
  });

  it.each([
    ['an item was refused', succeeded('taken-back', 'refused'), 1],
    [
      'the whole was refused',
      { status: 'SUCCEEDED', rolledBack: { outcome: 'refused', caseId, reason: 'it runs' } },
      1,
    ],
    ['nothing was left', { status: 'SUCCEEDED', rolledBack: { outcome: 'nothing-left', caseId, reason: 'all' } }, 0],
    ['the execution failed', { status: 'FAILED', error: 'RECORD_CHANGED: …' }, 1],
  ] as [string, RollbackEnd, number][])('where %s its exit code says so', async (_, end, code) => {
    const { exit, err } = await run(end);
    expect(exit).toBe(code);
    expect(err.split('\n').length).toBeGreaterThan(1);
  });

  it('prints one JSON object', async () => {
    const { out } = await run(succeeded('taken-back'), true);
    expect(JSON.parse(out.join(''))).toMatchObject({ outcome: 'rolled-back', record: 9 });
  });

  it('starts nothing for a case that nobody knows', async () => {
    const { register } = await storedCase();
    const started: unknown[] = [];
    const rollback = { start: async () => String(started.push(1)), ended: async () => null };
    const args = { caseId: 'c-ffffffffffffffff', json: false };
    const run = rollbackCommand(args, { register, rollback, caller: async () => '' }, printed().io, 0);
    await expect(run).rejects.toMatchObject({ code: 'CASE_UNKNOWN' });
    expect(started).toEqual([]);
  });
});
