import { account, type Json, userId } from './guardduty-finding.ts';

export const user = (name: string, of = account): string => `arn:aws:iam::${of}:user/${name}`;
export const role = (name: string, of = account): string => `arn:aws:iam::${of}:role/${name}`;
export const secretArn = `arn:aws:secretsmanager:eu-central-1:${account}:secret:db/login-Ab3dE6`;
export const hub = 'arn:aws:securityhub:eu-central-1::product/aws/securityhub';
export const product = (name: string): string => `arn:aws:securityhub:eu-central-1::product/${name}`;

export const iamUser = (name = 'alice', details: Json | null = { UserId: userId, UserName: name }): Json => ({
  Type: 'AwsIamUser',
  Id: user(name),
  Partition: 'aws',
  Region: 'eu-central-1',
  ...(details && { Details: { AwsIamUser: details } }),
});

/** A key as AwsIamAccessKeyDetails of the API Reference describes it. */
export const accessKey = (details: Json | null, overrides: Json = {}): Json => ({
  Type: 'AwsIamAccessKey',
  Id: `AWS::IAM::AccessKey:${details?.AccessKeyId ?? 'null'}`,
  Partition: 'aws',
  Region: 'eu-central-1',
  ...(details && { Details: { AwsIamAccessKey: details } }),
  ...overrides,
});

/** What a control says of the account only; the ProductFields that go with it are `hidden`. */
export const accountResource: Json = { Type: 'AwsAccount', Id: `AWS::::Account:${account}`, Partition: 'aws' };
export const hidden = (id: string): Json => ({ ProductFields: { 'Resources:0/Id': id } });

/** A failed control on the user alice, as ASFF describes it (User Guide, "ASFF syntax"). */
export function control(id = 'IAM.3', overrides: Json = {}): Json {
  return {
    SchemaVersion: '2018-10-08',
    Id: `arn:aws:securityhub:eu-central-1:${account}:security-control/${id}/finding/0e1e2e3e-0000-4000-8000-0000000000a1`,
    ProductArn: hub,
    ProductName: 'Security Hub',
    CompanyName: 'AWS',
    Region: 'eu-central-1',
    GeneratorId: `security-control/${id}`,
    AwsAccountId: account,
    Types: ['Software and Configuration Checks/Industry and Regulatory Standards'],
    FirstObservedAt: '2026-08-19T09:00:00.000Z',
    LastObservedAt: '2026-08-20T09:30:00.000Z',
    CreatedAt: '2026-08-19T09:00:00.000Z',
    UpdatedAt: '2026-08-20T09:31:00.000Z',
    Severity: { Label: 'MEDIUM', Normalized: 40, Original: 'MEDIUM' },
    Title: 'a title',
    Description: 'a description',
    ProductFields: { 'aws/securityhub/ProductName': 'Security Hub' },
    Resources: [iamUser()],
    Compliance: { Status: 'FAILED', SecurityControlId: id },
    Workflow: { Status: 'NEW' },
    RecordState: 'ACTIVE',
    ...overrides,
  };
}

/** What a partner's product has seen. */
export const seen = (overrides: Json = {}): Json =>
  control('IAM.3', {
    Id: 'partner-finding-1',
    ProductArn: product('acme/watch'),
    ProductName: 'Watch',
    CompanyName: 'Acme',
    GeneratorId: 'acme-rule-7',
    Types: ['TTPs/Credential Access'],
    Severity: { Label: 'HIGH' },
    Compliance: undefined,
    ProductFields: {},
    ...overrides,
  });

/** The same control in OCSF: class 2003, Compliance Finding (OCSF 1.5). */
export function ocsfControl(id = 'IAM.3', overrides: Json = {}): Json {
  return {
    activity_id: 1,
    activity_name: 'Create',
    category_uid: 2,
    class_name: 'Compliance Finding',
    class_uid: 2003,
    type_uid: 200301,
    cloud: { account: { type: 'AWS Account', type_id: 10, uid: account }, provider: 'AWS', region: 'eu-central-1' },
    compliance: { control: id, status: 'Fail', status_id: 3, standards: ['standards/x'] },
    finding_info: {
      created_time: 1787130000000,
      last_seen_time: 1787218200000,
      modified_time: 1787218260000,
      title: 'a title',
      types: ['Posture Management'],
      uid: control(id).Id,
    },
    metadata: {
      product: {
        name: 'Security Hub',
        uid: 'arn:aws:securityhub:eu-central-1::productv2/aws/securityhub',
        vendor_name: 'AWS',
      },
      version: '1.5.0',
    },
    resources: [ocsfUser()],
    severity: 'Medium',
    severity_id: 3,
    status: 'New',
    status_id: 1,
    time: 1787218260000,
    ...overrides,
  };
}

export const ocsfUser = (overrides: Json = {}): Json => ({
  type: 'AWS::IAM::User',
  uid: userId,
  uid_alt: user('alice'),
  owner: { account: { uid: account } },
  region: 'eu-central-1',
  ...overrides,
});

/** What a partner's product has seen, in OCSF: class 2004, Detection Finding. */
export const ocsfSeen = (resources: Json[], overrides: Json = {}): Json =>
  ocsfControl('IAM.3', {
    class_name: 'Detection Finding',
    class_uid: 2004,
    type_uid: 200401,
    compliance: undefined,
    finding_info: { uid: 'partner-finding-1', types: ['TTPs/Credential Access'], last_seen_time: 1787218200000 },
    metadata: { product: { name: 'Watch', uid: 'arn:aws:securityhub:eu-central-1::productv2/acme/watch' } },
    resources,
    ...overrides,
  });

/** The EventBridge event around findings. */
export const event = (findings: unknown[], overrides: Json = {}, detail: Json = {}): Json => ({
  version: '0',
  id: '0e1e2e3e-0000-4000-8000-000000000001',
  'detail-type': 'Security Hub Findings - Imported',
  source: 'aws.securityhub',
  account,
  time: '2026-08-20T09:36:00Z',
  region: 'eu-central-1',
  resources: [],
  detail: { ...detail, findings },
  ...overrides,
});

export const ocsfEvent = (finding: unknown): Json => event([finding], { 'detail-type': 'Findings Imported V2' });

/** A person has chosen these findings in the console. */
export const customAction = (...findings: unknown[]): Json =>
  event(
    findings,
    {
      'detail-type': 'Security Hub Findings - Custom Action',
      resources: [`arn:aws:securityhub:eu-central-1:${account}:action/custom/rescind`],
    },
    { actionName: 'Rescind', actionDescription: 'Hand over to Rescind' },
  );
