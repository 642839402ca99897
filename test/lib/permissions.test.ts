import { Stack } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import type { Permission } from '#core/permission';
import { parseSettings } from '#core/settings';
import { statementsFor } from '#lib/permissions';
import { readStatement } from './synthesise.ts';

const hub = {
  register: { arn: 'REGISTER', name: 'register' },
  evidence: { arn: 'EVIDENCE', name: 'evidence' },
  dataKey: { arn: 'DATAKEY' },
  signer: { arn: 'SIGNER' },
  topic: { arn: 'TOPIC' },
  machine: { arn: 'MACHINE', executions: 'EXECUTIONS' },
};
const iam = 'arn:<AWS::Partition>:iam::<AWS::AccountId>:';
const managed = 'StringEquals aws:ResourceTag/rescind managed';

function read(permissions: Permission[], settings: unknown = {}, writes: 'raw' | 'cases' = 'cases') {
  const stack = new Stack();
  return statementsFor(permissions, { hub, settings: parseSettings(settings), writes }).map((statement) =>
    readStatement(stack.resolve(statement.toStatementJson())),
  );
}
const one = (action: Permission['action'], on: Permission['on']) => read([{ action, on }])[0];

describe('A declared permission becomes a statement', () => {
  it.each([
    ['iam:UpdateAccessKey', 'user', `${iam}user/*`, ''],
    ['iam:PutRolePolicy', 'role', `${iam}role/*`, ''],
    ['iam:CreateAccessKey', 'managed-user', `${iam}user/*`, managed],
    [
      'secretsmanager:PutSecretValue',
      'managed-secret',
      'arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:*',
      managed,
    ],
    ['secretsmanager:ListSecrets', 'listing', '*', ''],
    ['iam:SimulateCustomPolicy', 'listing', '*', ''],
    ['iam:SimulatePrincipalPolicy', 'user', `${iam}user/*`, ''],
    ['iam:SimulatePrincipalPolicy', 'role', `${iam}role/*`, ''],
    ['dynamodb:Query', 'register', 'REGISTER', ''],
    ['kms:Sign', 'signer', 'SIGNER', ''],
    ['sns:Publish', 'topic', 'TOPIC', ''],
    ['states:StartExecution', 'machine', 'MACHINE', ''],
    ['states:DescribeExecution', 'machine', 'EXECUTIONS', ''],
  ] as const)('%s on %s reaches %s and nothing else', (action, on, resource, condition) => {
    expect(one(action, on)).toEqual({ effect: 'Allow', actions: [action], resources: [resource], condition });
  });

  it('asks for the managed tag by the key that settings name', () => {
    const [statement] = read([{ action: 'iam:CreateAccessKey', on: 'managed-user' }], { tags: { managed: 'our:tag' } });
    expect(statement?.condition).toBe('StringEquals aws:ResourceTag/our:tag managed');
  });

  it.each([
    ['raw', 'EVIDENCE/raw/*'],
    ['cases', 'EVIDENCE/cases/*'],
  ] as const)('writes evidence under %s only, and uses the data key behind S3 only', (writes, resource) => {
    expect(read([{ action: 's3:PutObject', on: 'evidence' }], {}, writes)).toEqual([
      { effect: 'Allow', actions: ['s3:PutObject'], resources: [resource], condition: '' },
      {
        effect: 'Allow',
        actions: ['kms:GenerateDataKey'],
        resources: ['DATAKEY'],
        condition: 'StringEquals kms:ViaService s3.<AWS::Region>.amazonaws.com',
      },
    ]);
  });

  it('reads the files of the trail that settings name, and nothing where none is set', () => {
    const permissions = [
      { action: 's3:ListBucket', on: 'trail' },
      { action: 's3:GetObject', on: 'trail' },
    ] as const;
    const files = 'AWSLogs/<AWS::AccountId>/CloudTrail/*';
    expect(read([...permissions], { trail: { bucket: 'ours' } })).toEqual([
      {
        effect: 'Allow',
        actions: ['s3:ListBucket'],
        resources: ['arn:<AWS::Partition>:s3:::ours'],
        condition: `StringLike s3:prefix ${files}`,
      },
      {
        effect: 'Allow',
        actions: ['s3:GetObject'],
        resources: [`arn:<AWS::Partition>:s3:::ours/${files}`],
        condition: '',
      },
    ]);
    expect(read([...permissions])).toEqual([]);
  });

  it('asks once for a permission that two plugins declare', () => {
    const [statement] = read([
      { action: 'iam:GetUser', on: 'user' },
      { action: 'iam:GetUser', on: 'user' },
    ]);
    expect(statement?.actions).toEqual(['iam:GetUser']);
  });
});

describe('A declaration is refused by name', () => {
  it.each([
    ['iam:CreateAccessKey', 'user'],
    ['iam:DeleteAccessKey', 'user'],
    ['iam:SimulatePrincipalPolicy', 'listing'],
    ['iam:CreateRole', 'look-schedule'],
    ['scheduler:DeleteSchedule', 'look-schedule'],
    ['s3:PutObject', 'trail'],
    ['s3:DeleteObject', 'trail'],
    ['iam:PutRolePolicy', 'user'],
    ['iam:PassRole', 'role'],
    ['iam:*', 'user'],
    ['iam:Update*', 'user'],
    ['s3:GetObject', 'listing'],
    ['secretsmanager:GetSecretValue', 'listing'],
    ['secretsmanager:DeleteSecret', 'managed-secret'],
    ['s3:PutObjectRetention', 'evidence'],
    ['s3:BypassGovernanceRetention', 'evidence'],
    ['s3:DeleteObject', 'evidence'],
    ['kms:ScheduleKeyDeletion', 'signer'],
    ['dynamodb:DeleteTable', 'register'],
    ['states:StopExecution', 'machine'],
    ['sts:AssumeRole', 'role'],
  ] as const)('where %s does not belong on %s', (action, on) => {
    expect(() => one(action, on)).toThrow(`the permission ${action} cannot be declared on ${on}`);
  });

  it('where a role that has no machine asks to start it', () => {
    const { machine, ...others } = hub;
    const options = { hub: others, settings: parseSettings({}), writes: 'cases' } as const;
    expect(machine).toBeDefined();
    expect(() => statementsFor([{ action: 'states:StartExecution', on: 'machine' }], options)).toThrow(/only intake/);
  });
});

describe('A role that touches identities', () => {
  const settings = {
    protected: ['arn:aws:iam::111122223333:role/ops/BreakGlass', 'arn:aws:iam::111122223333:user/root-of-trust'],
  };

  it.each(['user', 'managed-user', 'role'] as const)(
    'is denied every change of protected ones and our own: %s',
    (on) => {
      const action = on === 'role' ? 'iam:GetRole' : 'iam:GetUser';
      const guard = read([{ action, on }], settings).at(-1);
      expect(guard).toMatchObject({
        effect: 'Deny',
        resources: [`${iam}role/rescind-*`, `${iam}role/cdk-*`, ...settings.protected],
        // A condition whose key is missing on the engine would lift or misfire the guard.
        condition: '',
      });
    },
  );

  it('may still read them, so that a case can say that it left them alone', () => {
    const guard = read([{ action: 'iam:GetUser', on: 'user' }], settings).at(-1);
    const denied = (action: string) => guard?.actions.some((each) => action.startsWith(each.replace('*', '')));
    expect(
      ['iam:GetUser', 'iam:ListAccessKeys', 'iam:GetUserPolicy', 'iam:SimulatePrincipalPolicy'].filter(denied),
    ).toEqual([]);
    const writes = ['iam:UpdateAccessKey', 'iam:PutUserPolicy', 'iam:CreateAccessKey', 'iam:DeleteAccessKey'];
    expect([...writes, 'iam:UpdateAssumeRolePolicy', 'iam:TagRole', 'iam:PassRole'].every(denied)).toBe(true);
  });

  it('needs no guard where it touches none', () => {
    expect(read([{ action: 'kms:Sign', on: 'signer' }], settings).map(({ effect }) => effect)).toEqual(['Allow']);
  });

  it('is refused at synth when the protected ARNs leave no room in an inline policy', () => {
    const long = Array.from({ length: 50 }, (_, i) => `arn:aws:iam::111122223333:role/${'x'.repeat(150)}${i}`);
    expect(() => read([{ action: 'iam:GetUser', on: 'user' }], { protected: long })).toThrow(
      /^the settings are not valid: protected: the ARNs have \d+ characters/,
    );
  });
});
