import { describe, expect, it } from 'vitest';
import { configured } from '#core/proof/configured';
import { awsError } from '../fake-aws.ts';
import { aCut, type Kind } from './build-cut.ts';

const reads: Record<Kind, 'iam:ListAccessKeys' | 'iam:GetUserPolicy' | 'iam:GetRolePolicy'> = {
  key: 'iam:ListAccessKeys',
  user: 'iam:GetUserPolicy',
  session: 'iam:GetRolePolicy',
  role: 'iam:GetRolePolicy',
};
const kinds = Object.keys(reads) as Kind[];

/** A cut that IAM's reads show only after so many seconds. */
async function world(kind: Kind, afterSeconds: number, settings: Record<string, unknown> = {}) {
  const made = await aCut(kind, settings);
  const { aws } = made;
  const from = aws.clock.ms();
  const answer = aws.handles[reads[kind]];
  const [key] = made.alice.keys;
  aws.handles[reads[kind]] = (input) => {
    const isStale = aws.clock.ms() - from < afterSeconds * 1000;
    if (!isStale) return answer(input);
    if (kind !== 'key') throw awsError('NoSuchEntityException', 'The policy cannot be found.', 404);
    return { AccessKeyMetadata: [{ AccessKeyId: key?.id, Status: 'Active', CreateDate: key?.createdAt }] };
  };
  return { ...made, waited: () => (aws.clock.ms() - from) / 1000 };
}

describe('the rung configured', () => {
  it.each(kinds)('costs no wait where the change shows (%s)', async (kind) => {
    const { cut, ports, aws, waited } = await world(kind, 0);
    expect(await configured(cut, ports)).toMatchObject({ result: 'passed' });
    expect([aws.calls.map(({ operation }) => operation), waited()]).toEqual([[reads[kind]], 0.02]);
  });

  it.each(kinds)('passes where IAM shows the change some seconds late (%s)', async (kind) => {
    const { cut, ports, waited } = await world(kind, 5);
    expect(await configured(cut, ports)).toMatchObject({ result: 'passed' });
    expect(waited()).toBeLessThan(7);
  });

  it.each(kinds)(
    'fails where the change does not show for as long as a deny may take, and says how long (%s)',
    async (kind) => {
      const { cut, ports, waited } = await world(kind, 3600);
      const { result, reason } = await configured(cut, ports);
      expect([result, reason]).toEqual(['failed', expect.stringMatching(/, 3[01] s after it was first asked$/)]);
      expect(waited()).toBeLessThan(33);
    },
  );

  it('asks once where a deployment leaves changes no time to spread', async () => {
    const { cut, ports, aws } = await world('key', 3600, { cutoffLeadSeconds: 0 });
    expect(await configured(cut, ports)).toMatchObject({ result: 'failed' });
    expect(aws.calls).toHaveLength(1);
  });

  it('does not take a refusal for a change that is late', async () => {
    const { cut, ports, aws } = await world('user', 0);
    aws.fail('iam:GetUserPolicy', 1, { error: awsError('AccessDenied', 'no', 403) });
    await expect(configured(cut, ports)).rejects.toMatchObject({ name: 'AccessDenied' });
    expect(aws.calls).toHaveLength(1);
  });
});
