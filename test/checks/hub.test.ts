import { expect, it } from 'vitest';
import { hub } from '#core/checks';
import { absent, refusal, told } from './build-check.ts';

const off = refusal('InvalidAccessException');
const denied = refusal('AccessDeniedException');
const on = { HubArn: 'arn:aws:securityhub:eu-central-1:111122223333:hub/default' };
const v2 = { HubV2Arn: 'arn:aws:securityhub:eu-central-1:111122223333:hubv2/1' };

it.each<[string, unknown, unknown, string]>([
  ['both versions', on, v2, 'ok enabled: Security Hub CSPM and Security Hub'],
  ['the first version alone', on, absent, 'ok enabled: Security Hub CSPM'],
  ['the second version alone', off, v2, 'ok enabled: Security Hub'],
  ['one version, and the other may not be asked about', on, denied, 'ok enabled: Security Hub CSPM'],
  ['neither', off, absent, 'missing Security Hub is not enabled in eu-central-1: aws securityhub enable-security-hub'],
])('Security Hub: %s', async (_, first, second, line) => {
  const answers = { 'securityhub:DescribeHub': first, 'securityhub:DescribeSecurityHubV2': second };
  expect(await told(hub, answers)).toEqual([line]);
});

it('is not called missing where one of the two may not be asked about', async () => {
  const answers = { 'securityhub:DescribeHub': off, 'securityhub:DescribeSecurityHubV2': denied };
  await expect(told(hub, answers)).rejects.toMatchObject({ name: 'AccessDeniedException' });
});
