import { describe, expect, it } from 'vitest';
import { synthesise } from './synthesise.ts';

const trustOf = (settings: unknown) => {
  const [role] = Object.values(
    synthesise(settings).findResources('AWS::IAM::Role', {
      Properties: { Description: 'Rescind: reads cases and evidence, stops, retries and takes back' },
    }),
  );
  return role?.Properties.AssumeRolePolicyDocument.Statement;
};

describe('The operator role', { timeout: 30_000 }, () => {
  it('is assumed by those of this account whom its own policies let', () => {
    expect(trustOf({})).toEqual([
      {
        Action: 'sts:AssumeRole',
        Effect: 'Allow',
        Principal: {
          AWS: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::', { Ref: 'AWS::AccountId' }, ':root']] },
        },
      },
    ]);
  });

  it('asks for MFA where settings say so, and takes a session that does not tell of it for one without', () => {
    const [statement] = trustOf({ operatorMfa: true });
    expect(statement.Condition).toEqual({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } });
  });
});
