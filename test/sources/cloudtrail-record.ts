import { account, type Json, userId, userKey } from './guardduty-finding.ts';

export const newKey = 'AKIA9999888877776666';

export const alice: Json = {
  type: 'IAMUser',
  principalId: userId,
  arn: `arn:aws:iam::${account}:user/alice`,
  accountId: account,
  accessKeyId: userKey,
  userName: 'alice',
};

/** A session of a role, as CloudTrail describes who called (User Guide, "CloudTrail userIdentity element"). */
export const sessionOf = (role: string, overrides: Json = {}): Json => ({
  type: 'AssumedRole',
  principalId: 'AROA1111222233334444A:session',
  arn: `arn:aws:sts::${account}:assumed-role/${role}/session`,
  accountId: account,
  accessKeyId: 'ASIA5555666677778888',
  sessionContext: {
    sessionIssuer: {
      type: 'Role',
      principalId: 'AROA1111222233334444A',
      arn: `arn:aws:iam::${account}:role/${role}`,
      accountId: account,
      userName: role,
    },
    attributes: { creationDate: '2026-08-20T09:00:00Z', mfaAuthenticated: 'false' },
  },
  ...overrides,
});

/** A record of CreateAccessKey as the CloudTrail User Guide describes records: alice makes a second key of her own. */
export function createAccessKey(overrides: Json = {}, made: Json = {}): Json {
  return {
    eventVersion: '1.11',
    userIdentity: alice,
    eventTime: '2026-08-20T09:50:00Z',
    eventSource: 'iam.amazonaws.com',
    eventName: 'CreateAccessKey',
    awsRegion: 'us-east-1',
    sourceIPAddress: '203.0.113.7',
    userAgent: 'aws-cli/2.31.0',
    requestParameters: { userName: 'alice' },
    responseElements: {
      accessKey: {
        userName: 'alice',
        accessKeyId: newKey,
        status: 'Active',
        createDate: 'Aug 20, 2026, 9:50:00 AM',
        ...made,
      },
    },
    requestID: '11111111-2222-4333-8444-555555555555',
    eventID: '66666666-7777-4888-8999-000000000000',
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: 'Management',
    ...overrides,
  };
}

export const root: Json = {
  type: 'Root',
  principalId: account,
  arn: `arn:aws:iam::${account}:root`,
  accountId: account,
};

/** A record of any other call that was served; alice makes it unless said. */
export function served(path: string, overrides: Json = {}): Json {
  const [service = '', eventName = ''] = path.split(':');
  return {
    ...createAccessKey(),
    eventSource: `${service}.amazonaws.com`,
    eventName,
    requestParameters: null,
    responseElements: null,
    ...overrides,
  };
}

/** A sign-in to the console, as the CloudTrail User Guide describes it ("Console sign-in events"). */
export const signIn = (userIdentity: Json, overrides: Json = {}): Json =>
  served('signin:ConsoleLogin', {
    userIdentity,
    eventType: 'AwsConsoleSignIn',
    responseElements: { ConsoleLogin: 'Success' },
    additionalEventData: { LoginTo: 'https://console.aws.amazon.com/', MobileVersion: 'No', MFAUsed: 'No' },
    ...overrides,
  });

/** The EventBridge event around it. */
export const trailEnvelope = (detail: unknown = createAccessKey(), overrides: Json = {}): Json => ({
  version: '0',
  id: '0e1e2e3e-0000-4000-8000-000000000002',
  'detail-type': 'AWS API Call via CloudTrail',
  source: 'aws.iam',
  account,
  time: '2026-08-20T09:50:00Z',
  region: 'us-east-1',
  resources: [],
  detail,
  ...overrides,
});
