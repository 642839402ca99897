import { describe, expect, it } from 'vitest';
import { lookUpRole } from '#core/facts/look-up-role';
import { ports } from '../../build-case.ts';
import { awsError, fakeAws } from '../../fake-aws.ts';

function world() {
  const aws = fakeAws();
  return { aws, look: () => lookUpRole('web-server', ports({ aws }).ports.aws) };
}

describe('lookUpRole', () => {
  it('reads the whole role, every list to its end', async () => {
    const { aws, look } = world();
    const work = { Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }] };
    aws.addRole('web-server', {
      path: '/web/',
      tags: { owner: 'shop' },
      policies: new Map([
        ['a', JSON.stringify(work)],
        ['b', JSON.stringify(work)],
      ]),
      attached: ['arn:aws:iam::aws:policy/A', 'arn:aws:iam::aws:policy/B'],
      instanceProfiles: ['arn:aws:iam::1:instance-profile/a', 'arn:aws:iam::1:instance-profile/b'],
    });
    expect(await look()).toMatchObject({
      arn: 'arn:aws:iam::111122223333:role/web/web-server',
      path: '/web/',
      uniqueId: 'AROA1111222233334444A',
      tags: { owner: 'shop' },
      maxSessionSeconds: 3600,
      trust: { Statement: [{ Principal: { Service: 'ec2.amazonaws.com' } }] },
      inlinePolicies: [
        { name: 'a', document: work },
        { name: 'b', document: work },
      ],
      attachedPolicies: ['arn:aws:iam::aws:policy/A', 'arn:aws:iam::aws:policy/B'],
      instanceProfiles: ['arn:aws:iam::1:instance-profile/a', 'arn:aws:iam::1:instance-profile/b'],
    });
  });

  it('keeps the text of a document that is no JSON', async () => {
    const { aws, look } = world();
    aws.addRole('web-server', { trust: '{nope' });
    expect((await look())?.trust).toBe('{nope');
  });

  it('knows no role of a name that there is none of', async () => {
    expect(await world().look()).toBeNull();
  });

  it('leaves out a policy that is gone by the time it is read', async () => {
    const { aws, look } = world();
    aws.addRole('web-server', { policies: new Map([['a', '{}']]) });
    aws.fail('iam:GetRolePolicy', 1, { error: awsError('NoSuchEntityException', 'gone', 404) });
    expect((await look())?.inlinePolicies).toEqual([]);
  });

  it.each(['iam:GetRole', 'iam:GetRolePolicy', 'iam:ListAttachedRolePolicies'] as const)(
    'takes a refused %s as an error, not as an answer',
    async (operation) => {
      const { aws, look } = world();
      aws.addRole('web-server', { policies: new Map([['a', '{}']]) });
      aws.fail(operation, 1, { error: awsError('AccessDenied', 'no', 403) });
      await expect(look()).rejects.toMatchObject({ name: 'AccessDenied' });
    },
  );
});
