import { describe, expect, it } from 'vitest';
import { denyUserSessions } from '#core/actions';
import { aUser, ports } from '../build-case.ts';
import { awsError, fakeAws } from '../fake-aws.ts';

const cutoff = '2026-08-20T10:00:31Z';

function world() {
  const aws = fakeAws();
  const alice = aws.addUser('alice');
  const target = (caseId = 'c-0000000000000001', at = cutoff) => ({ caseId, user: aUser(), cutoff: at });
  return { aws, alice, call: ports({ aws }).ports.aws, target };
}

describe('deny-user-sessions', () => {
  it('denies everything to sessions issued before the cut-off, and nothing to long-term keys', async () => {
    const { alice, call, target } = world();
    await denyUserSessions.run(target(), call);
    const [text] = alice.policies.values();
    // A condition on a key that long-term credentials do not have never holds for them: no `IfExists`.
    expect(JSON.parse(text ?? '').Statement).toEqual([
      expect.objectContaining({
        Effect: 'Deny',
        Action: '*',
        Resource: '*',
        Condition: { DateLessThan: { 'aws:TokenIssueTime': cutoff } },
      }),
    ]);
  });

  it('has a policy of its own for each case, so that undo takes away exactly that', async () => {
    const { alice, call, target } = world();
    alice.policies.set('somebody-elses', '{}');
    await denyUserSessions.run(target('c-0000000000000001'), call);
    await denyUserSessions.run(target('c-0000000000000002'), call);
    expect(alice.policies.size).toBe(3);
  });

  it('stamps a later cut-off over its own earlier one', async () => {
    const { alice, call, target } = world();
    await denyUserSessions.run(target(), call);
    await denyUserSessions.run(target('c-0000000000000001', '2026-08-20T11:00:00Z'), call);
    expect([...alice.policies.values()]).toEqual([expect.stringContaining('2026-08-20T11:00:00Z')]);
  });

  it.each([
    ['AccessDenied', 403, 'AccessDenied'],
    ['Throttling', 400, 'Retryable'],
    ['LimitExceeded', 409, 'LimitExceeded'],
  ])('never says that it is done where AWS answered %s', async (name, status, reported) => {
    const { aws, call, target } = world();
    aws.fail('iam:PutUserPolicy', 1, { error: awsError(name, name, status) });
    await expect(denyUserSessions.run(target(), call)).rejects.toMatchObject({ name: reported });
  });

  it('reads back the very text it asked for', async () => {
    const { call, target } = world();
    await denyUserSessions.run(target(), call);
    expect(await denyUserSessions.readBack(target(), call)).toMatchObject({ result: 'passed' });
  });

  it('reads back another cut-off as failed', async () => {
    const { call, target } = world();
    await denyUserSessions.run(target(), call);
    const asked = target('c-0000000000000001', '2026-08-20T11:00:00Z');
    expect(await denyUserSessions.readBack(asked, call)).toMatchObject({ result: 'failed' });
  });

  it('reads back a policy that is gone as failed', async () => {
    const { call, target } = world();
    expect(await denyUserSessions.readBack(target(), call)).toMatchObject({ result: 'failed' });
  });

  it('takes a refused read-back as an error, not as an answer', async () => {
    const { aws, call, target } = world();
    aws.fail('iam:GetUserPolicy', 1, { error: awsError('AccessDenied', 'no', 403) });
    await expect(denyUserSessions.readBack(target(), call)).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('fits beside seven of its kind into the 2,048 characters of a user', async () => {
    const { alice, call, target } = world();
    for (let each = 1; each <= 8; each += 1) await denyUserSessions.run(target(`c-000000000000000${each}`), call);
    expect(alice.policies.size).toBe(8);
  });

  const recorded = (after: unknown) => ({ action: '', credential: '', outcome: 'done' as const, before: null, after });

  it('is taken back by deleting its own policy', async () => {
    const { alice, call, target } = world();
    alice.policies.set('somebody-elses', '{}');
    const after = await denyUserSessions.run(target(), call);
    expect(await denyUserSessions.undo(target(), recorded(after), call)).toMatchObject({ outcome: 'taken-back' });
    expect([...alice.policies.keys()]).toEqual(['somebody-elses']);
  });

  it('is taken back once', async () => {
    const { call, target } = world();
    const after = await denyUserSessions.run(target(), call);
    await denyUserSessions.undo(target(), recorded(after), call);
    expect(await denyUserSessions.undo(target(), recorded(after), call)).toMatchObject({ outcome: 'already-gone' });
  });

  it.each([
    ['another document than was recorded', { policy: { Statement: [] } }],
    ['a record without a document', {}],
    ['no record', null],
  ])('stays where there is %s', async (_, after) => {
    const { alice, call, target } = world();
    await denyUserSessions.run(target(), call);
    expect(await denyUserSessions.undo(target(), recorded(after), call)).toMatchObject({ outcome: 'refused' });
    expect(alice.policies.size).toBe(1);
  });
});
