import { describe, expect, it } from 'vitest';
import { denyRoleSession } from '#core/actions';
import { aRole, ports } from '../build-case.ts';
import { fakeAws } from '../fake-aws.ts';
import { roleId } from '../sources/guardduty-finding.ts';

const cutoff = '2026-08-20T10:00:31Z';
const instance = 'i-0123456789abcdef0';

function world() {
  const aws = fakeAws();
  const role = aws.addRole('web-server');
  const target = (session = instance, caseId = 'c-0000000000000001') => ({ caseId, role: aRole(), session, cutoff });
  return { aws, role, call: ports({ aws }).ports.aws, target };
}

describe('deny-role-session', () => {
  it('denies by session name and token issue time in one statement, so that new sessions of that name are served', async () => {
    const { role, call, target } = world();
    await denyRoleSession.run(target(), call);
    const [text = ''] = role.policies.values();
    expect(JSON.parse(text).Statement).toEqual([
      expect.objectContaining({
        Effect: 'Deny',
        Action: '*',
        Resource: '*',
        Condition: {
          DateLessThan: { 'aws:TokenIssueTime': cutoff },
          StringEquals: { 'aws:userid': `${roleId}:${instance}` },
        },
      }),
    ]);
  });

  it('has a policy of its own for each session and case', async () => {
    const { role, call, target } = world();
    for (const session of [instance, 'i-0123abcd']) await denyRoleSession.run(target(session), call);
    await denyRoleSession.run(target(instance, 'c-0000000000000002'), call);
    expect(role.policies.size).toBe(3);
  });

  it('leaves the trust policy and the policies of others as they are', async () => {
    const { aws, role, call, target } = world();
    role.policies.set('work', '{"Statement":[]}');
    const { trust } = role;
    await denyRoleSession.run(target(), call);
    expect([role.trust, role.policies.get('work')]).toEqual([trust, '{"Statement":[]}']);
    expect(aws.writes().map(({ operation }) => operation)).toEqual(['iam:PutRolePolicy']);
  });

  it('says by the name of AWS that the role has no room left', async () => {
    const { role, call, target } = world();
    role.policies.set('work', 'x'.repeat(10_200));
    await expect(denyRoleSession.run(target(), call)).rejects.toMatchObject({
      name: 'LimitExceededException',
      message: expect.stringContaining('10240 bytes exceeded for role web-server'),
    });
  });

  it('reads back the very text it asked for, and a change of it as failed', async () => {
    const { role, call, target } = world();
    await denyRoleSession.run(target(), call);
    expect(await denyRoleSession.readBack(target(), call)).toMatchObject({ result: 'passed' });
    const [name = ''] = role.policies.keys();
    role.policies.set(name, '{"Statement":[]}');
    expect(await denyRoleSession.readBack(target(), call)).toMatchObject({ result: 'failed' });
  });

  it('takes back its own policy, and leaves one alone that somebody has changed', async () => {
    const { role, call, target } = world();
    const after = await denyRoleSession.run(target(), call);
    const recorded = { action: denyRoleSession.name, credential: '', outcome: 'done' as const, before: null, after };
    const [name = ''] = role.policies.keys();
    role.policies.set('work', '{}');
    expect(await denyRoleSession.undo(target(), recorded, call)).toMatchObject({ outcome: 'taken-back' });
    expect([...role.policies.keys()]).toEqual(['work']);
    role.policies.set(name, '{"Statement":[]}');
    expect(await denyRoleSession.undo(target(), recorded, call)).toMatchObject({ outcome: 'refused' });
    expect(role.policies.has(name)).toBe(true);
  });
});
