import { expect, it } from 'vitest';
import { webhookSecret } from '#core/checks';
import { absent, told } from './build-check.ts';

const arn = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:rescind/github-Ab12Cd';
const current = { v1: ['AWSCURRENT'] };

it.each<[string, unknown, RegExp]>([
  ['has a value', { VersionIdsToStages: current }, /^ok the secret is there and has a value$/],
  ['has none', { VersionIdsToStages: {} }, /^missing .* has no value: aws secretsmanager put-secret-value/],
  [
    'is to be deleted',
    { DeletedDate: new Date(0), VersionIdsToStages: current },
    /^missing .* is to be deleted: aws secretsmanager restore-secret/,
  ],
  [
    'is encrypted with a key of the customer',
    { KmsKeyId: 'arn:aws:kms:eu-central-1:111122223333:key/1', VersionIdsToStages: current },
    /^missing the receiver may not use the key .*--kms-key-id alias\/aws\/secretsmanager$/,
  ],
  ['is not there', absent, /^missing there is no secret .*: make one/],
])('the secret of the webhook %s', async (_, answer, line) => {
  const lines = await told(
    webhookSecret,
    { 'secretsmanager:DescribeSecret': answer },
    { settings: { github: { secretArn: arn } } },
  );
  expect(lines).toEqual([expect.stringMatching(line)]);
});
