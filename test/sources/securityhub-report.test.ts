import { describe, expect, it } from 'vitest';
import { formOf, productOf, said, typeOf } from '#core/sources/securityhub-report';

describe('the product of a finding', () => {
  it.each([
    ['arn:aws:securityhub:eu-central-1::product/aws/guardduty', 'aws/guardduty'],
    ['arn:aws:securityhub:eu-central-1::productv2/aws/guardduty', 'aws/guardduty'],
    ['arn:aws-us-gov:securityhub:us-gov-west-1::product/aws/guardduty', 'aws/guardduty'],
    ['arn:aws:securityhub:eu-central-1:111122223333:product/111122223333/default', '111122223333/default'],
    ['arn:aws:securityhub:eu-central-1::product/Acme/Watch', 'acme/watch'],
    ['prowler', 'prowler'],
  ])('of %s is %s, in either form', (arn, product) => {
    expect(productOf(arn)).toBe(product);
  });

  it.each(['arn:aws:iam::111122223333:user/alice', 'arn:aws:securityhub:::product/a/b/c', 'a b', 7, {}])(
    'is none for %j',
    (arn) => {
      expect(productOf(arn)).toBeNull();
    },
  );

  it.each([undefined, null, ''])('is absent for %j', (arn) => {
    expect(productOf(arn)).toBeUndefined();
  });
});

describe('the type of a finding', () => {
  const of = (...types: (string | number)[]) =>
    typeOf({ control: null, types } as unknown as Parameters<typeof typeOf>[0]);

  it('is the first in a namespace of ASFF', () => {
    expect(of('Threats', 'TTPs/Persistence', 'Effects')).toBe('TTPs/Persistence');
    expect(of('Unusual Behaviors')).toBe('Unusual Behaviors');
  });

  it.each(['UnauthorizedAccess:IAMUser/TorIPCaller', 'IAM.4', 'TTPsX', 'TTPs/\n', `TTPs/${'x'.repeat(200)}`, 7])(
    'is no other text: %j',
    (type) => {
      expect(of(type)).toBe('Unclassified');
    },
  );
});

describe('the form of a resource', () => {
  it.each([
    ['AwsIamUser', 'user'],
    ['AWS::IAM::Role', 'role'],
    ['awsiamaccesskey', 'key'],
    ['AwsS3Bucket', 'other'],
    ['constructor', 'other'],
    [undefined, 'other'],
  ])('of %s is %s', (type, form) => {
    expect(formOf(type)).toBe(form);
  });
});

describe('what a field says', () => {
  it('is nothing where it is blank, and never passes for a name where it is no text', () => {
    expect(['', 'N/A', 'null', null, undefined].map(said)).toEqual(Array(5).fill(undefined));
    expect([12, false, {}, 'alice'].map(said)).toEqual(['(number)', '(boolean)', '(object)', 'alice']);
  });
});
