import { describe, expect, it } from 'vitest';
import { account, type Json } from './guardduty-finding.ts';
import { read } from './read-finding.ts';
import {
  accessKey,
  accountResource,
  control,
  customAction,
  event,
  hidden,
  iamUser,
  ocsfControl,
  ocsfEvent,
  ocsfSeen,
  ocsfUser,
  product,
  seen,
} from './securityhub-event.ts';

describe('securityhub: what is no work', () => {
  it.each<[string, Json]>([
    ['a check that passed', control('IAM.3', { Compliance: { Status: 'PASSED', SecurityControlId: 'IAM.3' } })],
    ['a check without an answer', control('IAM.3', { Compliance: { Status: 'NOT_AVAILABLE' } })],
    ['a check with a warning about itself', control('IAM.3', { Compliance: { Status: 'WARNING' } })],
    ['a resolved finding', control('IAM.3', { Workflow: { Status: 'RESOLVED' } })],
    ['a suppressed finding', control('IAM.3', { Workflow: { Status: 'SUPPRESSED' } })],
    ['a resolved finding in the old form', control('IAM.3', { Workflow: undefined, WorkflowState: 'RESOLVED' })],
    ['an archived finding', control('IAM.3', { RecordState: 'ARCHIVED' })],
    ['a state in another casing', control('IAM.3', { RecordState: 'Archived' })],
    ['a passed check of a product', seen({ Compliance: { Status: 'PASSED' } })],
  ])('is %s (trap 16)', (_, finding) => {
    expect(read(event([finding])).outcome).toBe('ignored');
    expect(read(customAction(finding)).outcome).toBe('ignored');
  });

  it.each<[string, Json]>([
    ['passed', { compliance: { control: 'IAM.3', status: 'Pass', status_id: 1 } }],
    ['passed, by number alone', { compliance: { control: 'IAM.3', status_id: 1 } }],
    ['warning', { compliance: { control: 'IAM.3', status_id: 2 } }],
    ['passed, as scanners write it', { status_code: 'PASS' }],
    ['suppressed', { status: 'Suppressed', status_id: 3 }],
    ['resolved', { status: 'Resolved', status_id: 4 }],
    ['resolved, by word alone', { status: 'Resolved', status_id: undefined }],
    ['archived', { status: 'Archived', status_id: 5 }],
    ['closed', { activity_id: 3 }],
  ])('is, in OCSF, what is %s', (_, overrides) => {
    expect(read(ocsfEvent(ocsfControl('IAM.3', overrides))).outcome).toBe('ignored');
  });

  it('is still work where somebody was only notified, and where the deprecated state beside the new one is stale', () => {
    const notified = control('IAM.3', { Workflow: { Status: 'NOTIFIED' }, WorkflowState: 'RESOLVED' });
    expect(read(event([notified])).outcome).toBe('finding');
  });
});

describe('securityhub: what Rescind has written itself', () => {
  const own = product(`${account}/default`);
  it.each<[string, Json]>([
    ['the name of the product', { ProductArn: own, ProductName: 'Rescind' }],
    ['the generator', { ProductArn: own, GeneratorId: 'rescind' }],
    ['the beginning of the generator', { ProductArn: own, GeneratorId: 'rescind/case-opened' }],
    ['the ARN of the product', { ProductArn: product('rescind/rescind') }],
  ])('does not come back as a finding, by %s', (_, overrides) => {
    expect(read(event([seen(overrides)]))).toEqual({ outcome: 'ignored', reason: 'written by Rescind itself' });
  });

  it('does not come back in OCSF', () => {
    const finding = ocsfSeen([ocsfUser()], { metadata: { product: { name: 'Rescind', uid: own } } });
    expect(read(ocsfEvent(finding))).toEqual({ outcome: 'ignored', reason: 'written by Rescind itself' });
  });

  it('does not come back when it resolves the finding of another', () => {
    const note = { Text: 'closed', UpdatedBy: 'rescind', UpdatedAt: '2026-08-20T10:00:00Z' };
    expect(read(event([control('IAM.3', { Workflow: { Status: 'RESOLVED' }, Note: note })])).outcome).toBe('ignored');
  });

  it.each<[string, Json]>([
    ['of AWS that names it', { GeneratorId: 'rescind/x', ProductName: 'Rescind', ProductArn: product('aws/macie') }],
    ['of a namesake', { GeneratorId: 'rescinder', ProductName: 'Rescind Watch' }],
    ['whose generator is no text', { ProductArn: own, GeneratorId: {} }],
    ['that only has its note', { Note: { UpdatedBy: 'rescind', Text: 'x' } }],
  ])('is no finding %s', (_, overrides) => {
    expect(read(event([seen(overrides)])).outcome).toBe('finding');
  });
});

describe('securityhub: what is a sample (trap 6)', () => {
  const generated = accessKey({
    AccessKeyId: 'GeneratedFindingAccessKeyId',
    PrincipalName: 'GeneratedFindingUserName',
  });
  it.each<[string, Json]>([
    ['a sample by its own word', seen({ Sample: true })],
    ['a sample by its title', seen({ ProductArn: product('aws/macie'), Title: '[SAMPLE] x' })],
    ['generated names', seen({ Resources: [generated] })],
    ["GuardDuty's flag", seen({ ProductFields: { 'aws/guardduty/service/additionalInfo/sample': 'true' } })],
  ])('is %s', (_, finding) => {
    expect(read(customAction(finding))).toEqual({ outcome: 'ignored', reason: 'a sample finding: nothing happened' });
  });

  it.each<[string, Json]>([
    ["a partner's title, which others may write", seen({ Title: '[SAMPLE] x' })],
    [
      'a user who named himself so, beside his genuine key',
      seen({
        Resources: [
          iamUser('GeneratedFindingX', { UserName: 'GeneratedFindingX' }),
          accessKey({
            AccessKeyId: 'AKIA1111222233334444',
            PrincipalName: 'GeneratedFindingX',
            PrincipalType: 'IAMUser',
          }),
        ],
      }),
    ],
    [
      'a user beside whom something is called so',
      seen({ Resources: [iamUser(), { Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::GeneratedFinding' }] }),
    ],
    [
      'a genuine key of a user who named itself so',
      seen({
        Resources: [
          accessKey({
            AccessKeyId: 'AKIA1111222233334444',
            PrincipalName: 'GeneratedFinding',
            PrincipalType: 'IAMUser',
          }),
        ],
      }),
    ],
  ])('is not %s', (_, finding) => {
    expect(read(event([finding])).outcome).toBe('finding');
  });
});

describe('securityhub: what names no identity', () => {
  it.each<[string, Json]>([
    ['a control of another service', control('S3.4', { Resources: [{ Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::x' }] })],
    [
      'a control of CloudWatch on the account',
      control('CloudWatch.1', { Resources: [accountResource], ...hidden(`arn:aws:iam::${account}:root`) }),
    ],
    [
      'a control on a policy',
      control('IAM.1', { Resources: [{ Type: 'AwsIamPolicy', Id: `arn:aws:iam::${account}:policy/p` }] }),
    ],
    [
      'a control on a group',
      control('IAM.27', { Resources: [{ Type: 'AwsIamGroup', Id: `arn:aws:iam::${account}:group/g` }] }),
    ],
    [
      'the password policy, though it hides the ARN of root',
      control('IAM.7', { Resources: [accountResource], ...hidden(`arn:aws:iam::${account}:root`) }),
    ],
    ['a finding without resources', seen({ Resources: undefined })],
    ['a finding on an instance', seen({ Resources: [{ Type: 'AwsEc2Instance', Id: 'arn:aws:ec2:x' }] })],
    [
      'the ARN of root for the account as such',
      seen({ Resources: [{ Type: 'Other', Id: `arn:aws:iam::${account}:root` }] }),
    ],
    [
      'a control that a product claims, on nobody',
      seen({ Compliance: { SecurityControlId: 'IAM.4' }, Resources: [accountResource] }),
    ],
  ])('is ignored: %s', (_, finding) => {
    expect(read(event([finding]))).toMatchObject({ outcome: 'ignored' });
  });

  it('is a coverage finding of OCSF, whose compliance tells no control (trap 23)', () => {
    const coverage = ocsfControl('IAM.3', {
      compliance: { checks: [{ name: 'x' }], status_id: 3 },
      metadata: { product: { uid: 'arn:aws:securityhub:us-east-1::productv2/aws/securityhub-coverage' } },
      resources: [{ type: 'AWS::::Account', uid: account }],
    });
    expect(read(ocsfEvent(coverage)).outcome).toBe('ignored');
  });

  it('is not a user beside other resources', () => {
    expect(read(event([seen({ Resources: [{ Type: 'AwsS3Bucket', Id: 'x' }, iamUser()] })])).outcome).toBe('finding');
  });
});
