import { describe, expect, it } from 'vitest';
import { memoryRegister } from '#adapters/memory';
import { accountFor } from '#core/run/account-for';
import type { CallRecord } from '#verifier/format';

const call = (operation: string, requestId?: string): CallRecord => ({
  at: '2026-08-20T10:00:00.000Z',
  operation,
  asked: {},
  ...(requestId && { requestId }),
});
const record = (calls: CallRecord[]) =>
  ({ caseId: 'c-0123456789abcdef', number: 2, calls }) as Parameters<typeof accountFor>[0][number];

describe('accountFor', () => {
  it('notes which record tells of each change in IAM', async () => {
    const register = memoryRegister();
    await accountFor([record([call('iam:UpdateAccessKey', 'a'), call('iam:PutUserPolicy', 'b')])], register);
    for (const id of ['a', 'b'])
      expect(await register.accountOf(id)).toEqual({ caseId: 'c-0123456789abcdef', number: 2 });
  });

  it.each([
    ['iam:GetUser'],
    ['iam:ListAccessKeys'],
    ['iam:SimulatePrincipalPolicy'],
    ['secretsmanager:PutSecretValue'],
    ['sts:GetCallerIdentity'],
  ])('notes nothing of %s, which the watch never asks about', async (operation) => {
    const register = memoryRegister();
    await accountFor([record([call(operation, 'a'), call('iam:UpdateAccessKey')])], register);
    expect(await register.accountOf('a')).toBeNull();
  });
});
