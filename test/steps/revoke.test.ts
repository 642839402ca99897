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

  it('cuts a key again that somebody has switched on, at once', async () => {
    const { run, key, aws } = world();
    key.status = 'Active';
    const start = aws.clock.ms();
    const outcome = await run();
    expect([key.status, aws.clock.ms() - start < 1000]).toEqual(['Inactive', true]);
    expect(outcome?.facts.keys[0]?.note).toBe('was listed Active and has been made inactive once more');
  });

  it('claims no more of a key that IAM lists as active than that it was listed: the list may be some seconds old', async () => {
    const { run, aws } = world();
    const list = aws.handles['iam:ListAccessKeys'];
    aws.handles['iam:ListAccessKeys'] = (input) =>
      JSON.parse(JSON.stringify(list(input)).replaceAll('"Inactive"', '"Active"'));
    const note = (await run())?.facts.keys[0]?.note;
    expect(note).toContain('was listed Active');
    expect(note).not.toContain('again');
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
