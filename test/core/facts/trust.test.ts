import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { madeBy, trustedBy, workloadsOf } from '#core/facts/trust';
import { aRole } from '../../build-case.ts';

const trusting = (...principals: unknown[]) =>
  aRole({ trust: { Statement: principals.map((Principal) => ({ Effect: 'Allow', Principal })) } });

describe('whom a role trusts', () => {
  it('is every principal that its trust policy allows, once', () => {
    const role = trusting({ AWS: ['arn:aws:iam::1:root', '222233334444'] }, { Service: 'ec2.amazonaws.com' }, '*', {
      Federated: 'accounts.google.com',
      AWS: 'arn:aws:iam::1:root',
    });
    expect(trustedBy(role)).toEqual([
      'AWS *',
      'AWS 222233334444',
      'AWS arn:aws:iam::1:root',
      'Federated accounts.google.com',
      'Service ec2.amazonaws.com',
    ]);
  });

  it('is not whom it denies', () => {
    expect(trustedBy({ trust: { Statement: { Effect: 'Deny', Principal: '*' } } })).toEqual([]);
  });

  it('is nobody that can be read where the document is none', () => {
    fc.assert(fc.property(fc.anything(), (trust) => void trustedBy({ trust })));
    expect(trustedBy({ trust: '{nope' })).toEqual([]);
  });
});

describe('the workloads of a role', () => {
  it('are its instance profiles and the services that it trusts, and no person', () => {
    const role = trusting({ Service: ['lambda.amazonaws.com'] }, { AWS: 'arn:aws:iam::1:root' });
    expect(workloadsOf({ ...role, instanceProfiles: ['arn:aws:iam::1:instance-profile/web'] })).toEqual([
      'instance profile arn:aws:iam::1:instance-profile/web',
      'Service lambda.amazonaws.com',
    ]);
  });
});

describe('who may change a role', () => {
  it.each([
    ['/aws-service-role/guardduty.amazonaws.com/', 'service'],
    ['/aws-reserved/sso.amazonaws.com/eu-central-1/', 'identity-center'],
    ['/', 'account'],
    ['/team/aws-reserved/', 'account'],
  ])('is said by its path: %s', (path, by) => {
    expect(madeBy({ path })).toBe(by);
  });
});
