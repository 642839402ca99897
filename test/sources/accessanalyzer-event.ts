import type { Json } from './guardduty-finding.ts';

export const owner = '111122223333';
export const stranger = '999988887777';
export const analyzerAccount = '444455556666';
export const roleArn = `arn:aws:iam::${owner}:role/batch/report-writer`;
export const userArn = `arn:aws:iam::${owner}:user/alice`;
export const secretArn = `arn:aws:secretsmanager:eu-central-1:${owner}:secret:billing/db-login-Ab3dE6`;
export const bucketArn = 'arn:aws:s3:::quarterly-numbers';
export const id = '0a1b2c3d-1111-4222-8333-444455556666';

const times = {
  createdAt: '2026-08-20T08:00:00.000Z',
  analyzedAt: '2026-08-20T09:00:00.000Z',
  updatedAt: '2026-08-20T09:30:00.123456789Z',
};

/** The EventBridge event around a detail (IAM User Guide, "Monitoring IAM Access Analyzer with Amazon EventBridge"). */
export const event = (kind: string, detail: unknown, overrides: Json = {}): Json => ({
  version: '0',
  id: '0e1e2e3e-0000-4000-8000-000000000009',
  'detail-type': kind,
  source: 'aws.access-analyzer',
  account: owner,
  time: '2026-08-20T10:00:00Z',
  region: 'eu-central-1',
  resources: [`arn:aws:access-analyzer:eu-central-1:${owner}:analyzer/account`],
  detail,
  ...overrides,
});

/** External access to a role: its trust policy lets another account in. `undefined` removes a field. */
export const externalDetail = (overrides: Json = {}): Json => ({
  accountId: owner,
  action: ['sts:AssumeRole'],
  ...times,
  condition: {},
  id,
  isDeleted: false,
  isPublic: false,
  principal: { AWS: stranger },
  region: 'eu-central-1',
  resource: roleArn,
  resourceType: 'AWS::IAM::Role',
  status: 'ACTIVE',
  version: '1.0',
  ...overrides,
});
export const external = (detail: Json = {}, overrides: Json = {}): Json =>
  event('Access Analyzer Finding', externalDetail(detail), overrides);

/** A role of the account may read a watched bucket. */
export const internal = (detail: Json = {}, overrides: Json = {}): Json =>
  event(
    'Internal Access Finding',
    externalDetail({
      accessType: 'INTRA_ACCOUNT',
      action: ['s3:GetObject'],
      findingType: 'InternalAccess',
      principal: { AWS: roleArn },
      principalOwnerAccount: owner,
      principalType: 'IAM_ROLE',
      region: undefined,
      resource: bucketArn,
      resourceType: 'AWS::S3::Bucket',
      ...detail,
    }),
    overrides,
  );

/** A role that nobody uses; such events have `findingId`, and no `id`. */
export const unused = (detail: Json = {}, overrides: Json = {}): Json =>
  event(
    'Unused Access Finding for IAM entities',
    {
      findingId: id,
      resource: roleArn,
      resourceType: 'AWS::IAM::Role',
      accountId: owner,
      ...times,
      previousStatus: '',
      status: 'ACTIVE',
      version: '00000000-0000-4000-8000-000000000000',
      isDeleted: false,
      findingType: 'UnusedIAMRole',
      ...detail,
    },
    overrides,
  );

/** As ListFindings gives it, and GetFinding below `finding`. */
export const listed = (overrides: Json = {}): Json => ({
  id,
  principal: { AWS: stranger },
  action: ['sts:AssumeRole'],
  resource: roleArn,
  isPublic: false,
  resourceType: 'AWS::IAM::Role',
  condition: {},
  ...times,
  status: 'ACTIVE',
  resourceOwnerAccount: owner,
  ...overrides,
});

/** As ListFindingsV2 gives it, and GetFindingV2 with `findingDetails`. */
export const listedV2 = (overrides: Json = {}): Json => ({
  ...times,
  id,
  resource: roleArn,
  resourceType: 'AWS::IAM::Role',
  resourceOwnerAccount: owner,
  status: 'ACTIVE',
  findingType: 'ExternalAccess',
  ...overrides,
});
