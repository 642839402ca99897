import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { plain, readStatement, synthesise } from './synthesise.ts';

let trial: Template;
let production: Template;
beforeAll(() => {
  trial = synthesise();
  production = synthesise({ production: true });
}, 60_000);

const only = (template: Template, type: string) => {
  const [[id, resource] = ['', undefined], ...others] = Object.entries(template.findResources(type));
  expect(others).toEqual([]);
  return { id, resource: resource as Record<string, string>, properties: resource?.Properties };
};
const keyOf = (template: Template, about: RegExp) =>
  Object.values(template.findResources('AWS::KMS::Key')).find(({ Properties }) => about.test(Properties.Description));
const signer = (template: Template) => keyOf(template, /signs/);
const dataKey = (template: Template) => keyOf(template, /encrypts/);

interface KeyStatement {
  Sid: string;
  Effect: string;
  Action: string | string[];
  Principal: { AWS?: unknown };
}
const statement = (key: ReturnType<typeof keyOf>, sid: string): KeyStatement | undefined =>
  key?.Properties.KeyPolicy.Statement.find(({ Sid }: KeyStatement) => Sid === sid);

describe('The evidence bucket', { timeout: 30_000 }, () => {
  it.each([
    ['a trial', {}, 'GOVERNANCE', 30],
    ['production', { production: true }, 'COMPLIANCE', 365],
    ['a trial that asks for it', { evidence: { lock: 'compliance', retentionDays: 1 } }, 'COMPLIANCE', 1],
    ['production with other days', { production: true, evidence: { retentionDays: 2555 } }, 'COMPLIANCE', 2555],
  ])('locks every object from its first second: %s', (_, settings, mode, days) => {
    synthesise(settings).hasResourceProperties('AWS::S3::Bucket', {
      ObjectLockEnabled: true,
      ObjectLockConfiguration: {
        ObjectLockEnabled: 'Enabled',
        Rule: { DefaultRetention: { Mode: mode, Days: days } },
      },
      VersioningConfiguration: { Status: 'Enabled' },
    });
  });

  it('is encrypted with the data key, closed to the public, and without ACLs', () => {
    const { properties } = only(trial, 'AWS::S3::Bucket');
    expect(properties).toMatchObject({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } },
        ],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    });
    const [encryption] = properties.BucketEncryption.ServerSideEncryptionConfiguration;
    expect(plain(encryption.ServerSideEncryptionByDefault.KMSMasterKeyID)).toBe('<StorageDataKey.Arn>');
  });

  const policyOf = (template: Template) =>
    Object.values(template.findResources('AWS::S3::BucketPolicy')).flatMap(({ Properties }) =>
      Properties.PolicyDocument.Statement.map((each: { Principal: unknown }) => ({
        principal: each.Principal,
        ...readStatement(each as never),
      })),
    );
  const everybody = { effect: 'Deny', principal: { AWS: '*' } };
  const evidence = ['<StorageEvidence.Arn>/raw/*', '<StorageEvidence.Arn>/cases/*'];

  it('refuses everybody who comes without TLS', () => {
    expect(policyOf(trial)).toContainEqual({
      ...everybody,
      actions: ['s3:*'],
      resources: ['<StorageEvidence.Arn>', '<StorageEvidence.Arn>/*'],
      condition: 'Bool aws:SecureTransport false',
    });
  });

  it('lets nobody put a delete marker above evidence, whatever an identity policy allows', () => {
    for (const template of [trial, production])
      expect(policyOf(template)).toContainEqual({
        ...everybody,
        actions: ['s3:DeleteObject'],
        resources: evidence,
        condition: '',
      });
  });

  it('lets nobody in production end a lock early or make it longer; a trial can be cleared away', () => {
    const locks = (template: Template) =>
      policyOf(template).filter(({ actions }) => actions.includes('s3:BypassGovernanceRetention'));
    expect(locks(production)).toEqual([
      {
        ...everybody,
        actions: ['s3:BypassGovernanceRetention', 's3:PutObjectRetention'],
        resources: evidence,
        condition: '',
      },
    ]);
    expect(locks(trial)).toEqual([]);
  });

  it('can be cleared of what is no longer locked, and its policy be changed', () => {
    for (const template of [trial, production]) {
      const denied = policyOf(template).filter(({ condition }) => condition === '');
      for (const action of ['s3:DeleteObjectVersion', 's3:PutBucketPolicy', 's3:DeleteBucketPolicy', 's3:*'])
        expect(denied.flatMap(({ actions }) => actions)).not.toContain(action);
    }
  });

  it('stays with its key when the stack goes, in a trial too', () => {
    for (const template of [trial, production]) {
      expect(only(template, 'AWS::S3::Bucket').resource.DeletionPolicy).toBe('Retain');
      expect(dataKey(template)?.DeletionPolicy).toBe('Retain');
    }
  });
});

describe('The register', () => {
  it('can be restored to any second, and lists cases by the time they were opened', () => {
    expect(only(trial, 'AWS::DynamoDB::Table').properties).toMatchObject({
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      // Rows of a case have no such time, and stay.
      TimeToLiveSpecification: { AttributeName: 'until', Enabled: true },
      SSESpecification: { SSEEnabled: true },
      GlobalSecondaryIndexes: [
        {
          IndexName: 'cases',
          KeySchema: [
            { AttributeName: 'listed', KeyType: 'HASH' },
            { AttributeName: 'openedAt', KeyType: 'RANGE' },
          ],
        },
      ],
    });
  });

  it('outlives the stack in production, and goes with a trial', () => {
    expect(only(production, 'AWS::DynamoDB::Table').resource.DeletionPolicy).toBe('Retain');
    expect(only(production, 'AWS::DynamoDB::Table').properties.DeletionProtectionEnabled).toBe(true);
    expect(only(trial, 'AWS::DynamoDB::Table').resource.DeletionPolicy).toBe('Delete');
  });
});

describe('The signing key', () => {
  it('is a P-256 key that only signs', () => {
    expect(signer(trial)?.Properties).toMatchObject({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
  });

  it('is for the steps: its policy lets nobody else sign, whatever an identity policy allows', () => {
    const policy: KeyStatement[] = signer(trial)?.Properties.KeyPolicy.Statement;
    const signing = policy.filter(
      ({ Effect, Action }) =>
        Effect === 'Allow' && [Action].flat().some((a) => /^kms:(\*|Sign|S?\*|CreateGrant|Create\*)$/.test(a)),
    );
    expect(signing.map(({ Sid }) => Sid)).toEqual(['StepsSign']);
    const roles = ['contain', 'triage', 'assignowner', 'rotate', 'revoke', 'verify', 'close', 'park'];
    expect([statement(signer(trial), 'StepsSign')?.Principal.AWS].flat().map(plain)).toEqual([
      ...roles.map((name) => `<Steps${name}Role.Arn>`),
      '<RollbackFunctionRole.Arn>',
      '<LookFunctionRole.Arn>',
    ]);
  });

  it('is denied to intake by name', () => {
    const denied = statement(signer(trial), 'IntakeNeverSigns');
    expect(denied).toMatchObject({ Effect: 'Deny', Action: expect.arrayContaining(['kms:Sign']) });
    expect(plain(denied?.Principal.AWS)).toBe('<IntakeFunctionRole.Arn>');
  });

  it('can in production not be scheduled for deletion, nor can the data key', () => {
    for (const key of [signer(production), dataKey(production)]) {
      expect(statement(key, 'NeverDeleted')).toMatchObject({
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Action: expect.arrayContaining(['kms:ScheduleKeyDeletion']),
      });
      expect(key?.DeletionPolicy).toBe('Retain');
    }
    expect(statement(signer(trial), 'NeverDeleted')).toBeUndefined();
  });
});

describe('The data key', () => {
  it('rotates, and lets alarms of this account encrypt notices', () => {
    expect(dataKey(trial)?.Properties.EnableKeyRotation).toBe(true);
    expect(statement(dataKey(trial), 'Alarms')).toMatchObject({
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    });
  });
});
