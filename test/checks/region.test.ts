import { expect, it } from 'vitest';
import { region } from '#core/checks';
import { told } from './build-check.ts';

const onlyIn = { regions: ['us-east-1', 'us-west-2'], what: 'events of IAM' };

it.each([
  ['ok in one of its Regions', { region: 'us-west-2' }, /^ok all of it arrives in us-west-2$/],
  [
    'missing in another',
    {},
    /^missing events of IAM arrive in us-east-1 and us-west-2 alone, and not in eu-central-1: deploy there too/,
  ],
  ['unknown in another partition', { partition: 'aws-us-gov' }, /^unknown .* of the partition aws-us-gov: /],
])('the Region is %s', async (_, here, line) => {
  expect(await told(region, {}, { part: { onlyIn }, ...here })).toEqual([expect.stringMatching(line)]);
});
