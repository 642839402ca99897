import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { plain, rolesOf, synthesise } from './synthesise.ts';

let template: Template;
beforeAll(() => {
  template = synthesise({ newKeyPatienceSeconds: 90 });
}, 60_000);

describe('The rotation function', () => {
  // The engine's RotateSecret calls no function, so that this is the proof that Secrets Manager may.
  it('may be called by Secrets Manager for secrets of this account, and by nobody else', () => {
    const permissions = Object.values(template.findResources('AWS::Lambda::Permission')).map(
      ({ Properties }) => Properties,
    );
    expect(permissions.filter(({ FunctionName }) => plain(FunctionName) === '<RotationFunction.Arn>')).toEqual([
      {
        Action: 'lambda:InvokeFunction',
        FunctionName: expect.anything(),
        Principal: 'secretsmanager.amazonaws.com',
        SourceAccount: { Ref: 'AWS::AccountId' },
      },
    ]);
  });

  it('is named in the outputs, so that a secret can be told of it', () => {
    const [output] = Object.values(template.findOutputs('RotationFunction'));
    expect(plain(output?.Value)).toBe('<RotationFunction.Arn>');
  });

  it('has the time to wait for a new key', () => {
    const [rotation] = Object.values(
      template.findResources('AWS::Lambda::Function', { Properties: { FunctionName: 'rescind-rotation' } }),
    );
    expect(rotation?.Properties.Timeout).toBe(150);
  });

  it('signs nothing, writes no evidence and starts nothing', () => {
    const actions = rolesOf(template)
      .get('rotation')
      ?.flatMap(({ effect, actions }) => (effect === 'Allow' ? actions : []));
    expect(actions?.filter((action) => /^(kms|s3|states|sns|sqs|lambda):/.test(action))).toEqual([]);
  });
});
