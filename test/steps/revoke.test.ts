import { describe, expect, it } from 'vitest';
import { revoke } from '#core/steps';
import { aCase, aUser, ports } from '../build-case.ts';
import { fakeAws, isWrite } from '../fake-aws.ts';
import { userId, userKey } from '../sources/guardduty-finding.ts';

function world() {
  const aws = fakeAws();
  const alice = aws.addUser('alice', {}, userId);
  const key = aws.addKey(alice, userKey);
  const other = aws.addKey(alice);
  key.status = 'Inactive';
  const done = [
    {
      action: 'deactivate-access-key',
      credential: `access-key/${userKey}`,
      outcome: 'done' as const,
      before: null,
      after: null,
    },
  ];
  const made = { done, cutoff: null, user: aUser() };
  const contain = { ...made, plan: [], reason: '' };
  const { ports: around } = ports({ aws, settings: { oldKeyDueDays: 7 } });
  return {
    aws,
    alice,
    key,
    other,
    run: () => revoke.run({ found: aCase({ cuts: [made], facts: { contain } }), findings: [] }, around),
  };
}

describe('revoke', () => {
  it('leaves the old key inactive, and says when its owner is to delete it', async () => {
    const { run, aws } = world();
    const outcome = await run();
    expect(outcome?.facts.keys).toMatchObject([{ keyId: userKey, status: 'Inactive' }]);
    expect(outcome?.facts.keys[0]?.dueAt.slice(0, 10)).toBe('2026-08-27');
    expect(aws.calls.filter(isWrite)).toEqual([]);
  });

  it('cuts a key again that somebody has switched on', async () => {
    const { run, key } = world();
    key.status = 'Active';
    const outcome = await run();
    expect(key.status).toBe('Inactive');
    expect(outcome?.facts.keys[0]?.note).toContain('was Active again');
  });

  it('touches no key that the case has not cut', async () => {
    const { run, other } = world();
    await run();
    expect(other.status).toBe('Active');
  });

  it('touches no key of a namesake', async () => {
    const { run, alice, key } = world();
    alice.uniqueId = 'AIDA9999000099990000B';
    key.status = 'Active';
    expect((await run())?.facts.keys).toEqual([]);
    expect(key.status).toBe('Active');
  });
});
