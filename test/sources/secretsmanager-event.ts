import { account, type Json } from './guardduty-finding.ts';

export const secretArn = `arn:aws:secretsmanager:eu-central-1:${account}:secret:prod/db-Ab12Cd`;

/** A rotation that failed, as the Secrets Manager and CloudTrail User Guides describe events of the service itself. */
export const rotationRecord = (overrides: Json = {}): Json => ({
  eventVersion: '1.11',
  userIdentity: { accountId: account, invokedBy: 'secretsmanager.amazonaws.com' },
  eventTime: '2026-08-20T09:50:00Z',
  eventSource: 'secretsmanager.amazonaws.com',
  eventName: 'RotationFailed',
  awsRegion: 'eu-central-1',
  sourceIPAddress: 'secretsmanager.amazonaws.com',
  userAgent: 'secretsmanager.amazonaws.com',
  errorMessage: 'The function said: password hunter2 is too short',
  requestParameters: null,
  responseElements: null,
  additionalEventData: { SecretId: secretArn },
  requestID: `Rotation-${secretArn}-11111111-2222-4333-8444-555555555555`,
  eventID: '66666666-7777-4888-8999-000000000001',
  readOnly: false,
  eventType: 'AwsServiceEvent',
  managementEvent: true,
  recipientAccountId: account,
  eventCategory: 'Management',
  ...overrides,
});

/** The EventBridge event around it. */
export const rotationEvent = (detail: unknown = rotationRecord(), overrides: Json = {}): Json => ({
  version: '0',
  id: '0e1e2e3e-0000-4000-8000-000000000005',
  'detail-type': 'AWS Service Event via CloudTrail',
  source: 'aws.secretsmanager',
  account,
  time: '2026-08-20T09:50:01Z',
  region: 'eu-central-1',
  resources: [],
  detail,
  ...overrides,
});
