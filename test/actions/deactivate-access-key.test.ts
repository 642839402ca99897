import { describe, expect, it } from 'vitest';
import { deactivateAccessKey } from '#core/actions';
import { ports } from '../build-case.ts';
import { awsError, fakeAws } from '../fake-aws.ts';

async function world() {
  const aws = fakeAws();
  const user = aws.addUser('alice');
  const key = aws.addKey(user);
  const other = aws.addKey(user);
  const facts = (status: string) => ({
    arn: user.arn,
    name: user.name,
    uniqueId: user.uniqueId,
    createdAt: null,
    tags: {},
    keys: [{ id: key.id, status, createdAt: null }],
  });
  const target = (status = 'Active') => ({ caseId: 'c-1', user: facts(status), keyId: key.id, cutoff: '' });
  return { aws, call: ports({ aws }).ports.aws, key, other, user, target };
}

describe('deactivate-access-key', () => {
  it('makes exactly this key inactive', async () => {
    const { call, target, key, other } = await world();
    await deactivateAccessKey.run(target(), call);
    expect([key.status, other.status]).toEqual(['Inactive', 'Active']);
  });

  it('may run twice', async () => {
    const { call, target, key } = await world();
    await deactivateAccessKey.run(target(), call);
    await deactivateAccessKey.run(target(), call);
    expect(key.status).toBe('Inactive');
  });

  it.each([
    ['AccessDenied', 403, 'AccessDenied'],
    ['Throttling', 400, 'Retryable'],
    ['NoSuchEntity', 404, 'NoSuchEntity'],
  ])('never says that it is done where AWS answered %s', async (name, status, reported) => {
    const { aws, call, target } = await world();
    aws.fail('iam:UpdateAccessKey', 1, { error: awsError(name, name, status) });
    await expect(deactivateAccessKey.run(target(), call)).rejects.toMatchObject({ name: reported });
  });

  it.each([
    ['Active', false],
    ['Expired', false],
    ['Inactive', true],
  ])('takes a key that is %s as done: %s', async (status, done) => {
    const { target } = await world();
    expect(deactivateAccessKey.isDone(target(status))).toBe(done);
  });

  it('tells the state before it, for undo', async () => {
    const { target } = await world();
    expect(deactivateAccessKey.before(target('Active'))).toEqual({ status: 'Active' });
  });

  it.each([
    ['inactive', 'passed'],
    ['deleted', 'passed'],
    ['active', 'failed'],
  ] as const)('reads back a key that is %s as %s', async (state, result) => {
    const { call, target, key, user } = await world();
    if (state === 'inactive') key.status = 'Inactive';
    if (state === 'deleted') user.keys = user.keys.filter(({ id }) => id !== key.id);
    expect(await deactivateAccessKey.readBack(target(), call)).toMatchObject({ result });
  });

  it('reads back by another call than the one that wrote', () => {
    const written = deactivateAccessKey.permissions.map(({ action }) => action);
    expect(deactivateAccessKey.proofPermissions.filter(({ action }) => written.includes(action))).toEqual([]);
  });

  it('is never taken back: the key stays as it is, and nothing is asked of AWS', async () => {
    const { aws, call, target, key } = await world();
    await deactivateAccessKey.run(target(), call);
    aws.calls.length = 0;
    const done = {
      action: 'deactivate-access-key',
      credential: '',
      outcome: 'done' as const,
      before: { status: 'Active' },
      after: {},
    };
    expect(await deactivateAccessKey.undo(target(), done, call)).toMatchObject({ outcome: 'kept' });
    expect([key.status, aws.calls]).toEqual(['Inactive', []]);
  });
});
