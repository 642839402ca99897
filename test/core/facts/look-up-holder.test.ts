import { describe, expect, it } from 'vitest';
import { lookUpHolder } from '#core/facts/look-up-holder';
import { ports } from '../../build-case.ts';
import { awsError, fakeAws } from '../../fake-aws.ts';

function world() {
  const aws = fakeAws();
  const key = aws.addKey(aws.addUser('alice'));
  return { aws, key, of: (id = key.id) => lookUpHolder(id, ports({ aws }).ports.aws) };
}

describe('the holder of a key', () => {
  it('is the user that IAM names, if IAM lists the key as his', async () => {
    expect(await world().of()).toMatchObject({ name: 'alice' });
  });

  it.each([
    ['of another account', (made: ReturnType<typeof world>) => made.of('AKIA9999000099990000'), /AccessDenied/],
    [
      'of root, for whom IAM gives no name of a user',
      async (made: ReturnType<typeof world>) => {
        made.aws.handles['iam:GetAccessKeyLastUsed'] = () => ({ UserName: '<root>', AccessKeyLastUsed: {} });
        return made.of();
      },
      /no user/,
    ],
    [
      'that the user has no more',
      async (made: ReturnType<typeof world>) => {
        made.aws.handles['iam:GetAccessKeyLastUsed'] = () => ({ UserName: 'alice', AccessKeyLastUsed: {} });
        return made.of('AKIA9999000099990000');
      },
      /no user/,
    ],
  ])('is nobody, and says why, for a key %s', async (_, ask, why) => {
    expect(await ask(world())).toMatch(why);
  });

  it('is not guessed where AWS cannot be asked', async () => {
    const made = world();
    made.aws.fail('iam:GetAccessKeyLastUsed', 1, { error: awsError('ServiceFailure', 'x', 503) });
    await expect(made.of()).rejects.toMatchObject({ name: 'Retryable' });
  });
});
