import { describe, expect, it } from 'vitest';
import { denyOlderRoleSessions } from '#core/actions';
import { aRole, ports } from '../build-case.ts';
import { fakeAws } from '../fake-aws.ts';

const target = (cutoff = '2026-08-20T10:00:31Z') => ({ caseId: 'c-0000000000000001', role: aRole(), cutoff });

function world() {
  const aws = fakeAws();
  const role = aws.addRole('web-server');
  return { aws, role, call: ports({ aws }).ports.aws };
}

describe('deny-older-role-sessions', () => {
  it('denies everything to every session of the role that was issued before the cut-off', async () => {
    const { role, call } = world();
    await denyOlderRoleSessions.run(target(), call);
    const [text = ''] = role.policies.values();
    expect(JSON.parse(text).Statement).toEqual([
      expect.objectContaining({
        Effect: 'Deny',
        Action: '*',
        Resource: '*',
        Condition: { DateLessThan: { 'aws:TokenIssueTime': '2026-08-20T10:00:31Z' } },
      }),
    ]);
  });

  it('stamps a later cut-off over its own earlier one', async () => {
    const { role, call } = world();
    await denyOlderRoleSessions.run(target(), call);
    await denyOlderRoleSessions.run(target('2026-08-20T11:00:00Z'), call);
    expect([...role.policies.values()]).toEqual([expect.stringContaining('2026-08-20T11:00:00Z')]);
  });

  it('reads back a policy that is gone as failed', async () => {
    const { call } = world();
    expect(await denyOlderRoleSessions.readBack(target(), call)).toMatchObject({ result: 'failed' });
  });
});
