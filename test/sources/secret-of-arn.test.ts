import { describe, expect, it } from 'vitest';
import { secretOfArn } from '#core/sources/secret-of-arn';

const start = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:';

describe('the secret that an ARN names', () => {
  it.each([
    ['db-login-Ab3dE6', 'db-login'],
    ['billing/db_login+=.@-x-Ab3dE6', 'billing/db_login+=.@-x'],
    ['a-abcdef-Ab3dE6', 'a-abcdef'],
    ['rds!cluster-0a1b-Ab3dE6', 'rds!cluster-0a1b'],
  ])('is named without the ending that AWS adds: %s', (rest, name) => {
    const key = `secret/111122223333/eu-central-1/${name}`;
    expect(secretOfArn(start + rest)).toEqual({
      kind: 'secret',
      key,
      aliases: [key],
      arn: start + rest,
      name,
      account: '111122223333',
      region: 'eu-central-1',
    });
  });

  it.each([
    'arn:aws-cn:secretsmanager:cn-north-1:111122223333:secret:x-Ab3dE6',
    'arn:aws-us-gov:secretsmanager:us-gov-west-1:111122223333:secret:x-Ab3dE6',
  ])('may be of any partition: %s', (arn) => {
    expect(secretOfArn(arn)?.arn).toBe(arn);
  });

  it.each<[string, unknown]>([
    ['a name alone', 'db-login'],
    ['an ARN without the ending', `${start}login`],
    ['a wildcard', `${start}db-login-*`],
    ['a wildcard for the ending', `${start}db-login-??????`],
    ['a nine-digit account', 'arn:aws:secretsmanager:eu-central-1:123456789:secret:x-Ab3dE6'],
    ['a Region that is none', 'arn:aws:secretsmanager:nowhere:111122223333:secret:x-Ab3dE6'],
    ['a line feed', `${start}x\n-Ab3dE6`],
    ['text around it', ` ${start}x-Ab3dE6`],
    ['a name that is too long', `${start}${'x'.repeat(513)}-Ab3dE6`],
    ['another service', 'arn:aws:ssm:eu-central-1:111122223333:parameter/x-Ab3dE6'],
    ['no text', 7],
    ['nothing', null],
  ])('is none for %s', (_, arn) => {
    expect(secretOfArn(arn)).toBeNull();
  });
});
