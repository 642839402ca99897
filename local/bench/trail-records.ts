type Json = Record<string, unknown>;

const account = '111122223333';
const id = (n: number) => n.toString(16).padStart(12, '0');

/** Who calls, as the CloudTrail User Guide describes it ("CloudTrail userIdentity element"). */
const user: Json = {
  type: 'IAMUser',
  principalId: 'AIDA1111222233334444U',
  arn: `arn:aws:iam::${account}:user/ci-deploy`,
  accountId: account,
  accessKeyId: 'AKIA1111222233334444',
  userName: 'ci-deploy',
};
const session: Json = {
  type: 'AssumedRole',
  principalId: 'AROA1111222233334444R:i-0a1b2c3d4e5f60718',
  arn: `arn:aws:sts::${account}:assumed-role/orders/i-0a1b2c3d4e5f60718`,
  accountId: account,
  accessKeyId: 'ASIA5555666677778888',
  sessionContext: {
    sessionIssuer: {
      type: 'Role',
      principalId: 'AROA1111222233334444R',
      arn: `arn:aws:iam::${account}:role/orders`,
      accountId: account,
      userName: 'orders',
    },
    attributes: { creationDate: '2026-08-20T09:00:00Z', mfaAuthenticated: 'false' },
    ec2RoleDelivery: '2.0',
  },
};

function record(n: number, path: string, overrides: Json): Json {
  const [service = '', eventName = ''] = path.split(':');
  const time = new Date(Date.UTC(2026, 7, 20) + n * 1000).toISOString().replace('.000Z', 'Z');
  return {
    eventVersion: '1.11',
    userIdentity: session,
    eventTime: time,
    eventSource: `${service}.amazonaws.com`,
    eventName,
    awsRegion: 'us-east-1',
    sourceIPAddress: `203.0.113.${n % 256}`,
    userAgent: 'aws-sdk-js/3.1169.0 ua/2.1 os/linux#6.1 lang/js md/nodejs#24.21.0',
    requestParameters: null,
    responseElements: null,
    requestID: `11111111-2222-4333-8444-${id(n)}`,
    eventID: `66666666-7777-4888-8999-${id(n)}`,
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: 'Management',
    tlsDetails: {
      tlsVersion: 'TLSv1.3',
      cipherSuite: 'TLS_AES_128_GCM_SHA256',
      clientProvidedHostHeader: `${service}.us-east-1.amazonaws.com`,
    },
    ...overrides,
  };
}

type Kind = (n: number) => Json;

/** Calls that are no news: most only look, and two of the seven fail. */
const others: Kind[] = [
  (n) =>
    record(n, 'ec2:DescribeInstances', {
      readOnly: true,
      requestParameters: { instancesSet: { items: [{ instanceId: `i-${id(n)}` }] }, filterSet: {} },
    }),
  (n) =>
    record(n, 'kms:Decrypt', {
      readOnly: true,
      requestParameters: { encryptionContext: { 'aws:s3:arn': `arn:aws:s3:::orders-${n}` } },
      resources: [{ accountId: account, type: 'AWS::KMS::Key', ARN: `arn:aws:kms:us-east-1:${account}:key/${id(n)}` }],
    }),
  (n) =>
    record(n, 'sts:AssumeRole', {
      readOnly: true,
      userIdentity: { type: 'AWSService', invokedBy: 'lambda.amazonaws.com' },
      requestParameters: { roleArn: `arn:aws:iam::${account}:role/orders`, roleSessionName: `orders-${n}` },
      responseElements: {
        credentials: { accessKeyId: 'ASIA5555666677778888', expiration: 'Aug 20, 2026, 10:50:00 AM' },
        assumedRoleUser: { assumedRoleId: 'AROA1111222233334444R:orders', arn: session.arn },
      },
    }),
  (n) => record(n, 'iam:ListAccessKeys', { readOnly: true, userIdentity: user, requestParameters: { userName: 'a' } }),
  (n) =>
    record(n, 'ec2:RunInstances', {
      requestParameters: { instanceType: 'm7g.large', instancesSet: { items: [{ imageId: `ami-${id(n)}` }] } },
      responseElements: {
        reservationId: `r-${id(n)}`,
        ownerId: account,
        instancesSet: {
          items: [
            {
              instanceId: `i-${id(n)}`,
              instanceState: { code: 0, name: 'pending' },
              placement: { availabilityZone: 'us-east-1a', tenancy: 'default' },
              tagSet: { items: [{ key: 'owner', value: 'team-orders' }] },
            },
          ],
        },
      },
    }),
  (n) =>
    record(n, 's3:GetBucketPolicy', {
      readOnly: true,
      errorCode: 'NoSuchBucketPolicy',
      errorMessage: 'The bucket policy does not exist',
      requestParameters: { bucketName: `orders-${n}`, Host: 's3.us-east-1.amazonaws.com', policy: '' },
    }),
  (n) =>
    record(n, 'iam:AttachUserPolicy', {
      userIdentity: user,
      errorCode: 'AccessDenied',
      errorMessage: `User: ${user.arn} is not authorized to perform: iam:AttachUserPolicy on resource: user bob-${n}`,
    }),
];

/** Calls that are read, and succeed. */
const listed: Kind[] = [
  (n) =>
    record(n, 'iam:CreateAccessKey', {
      userIdentity: user,
      requestParameters: { userName: `app-${n}` },
      responseElements: {
        accessKey: { userName: `app-${n}`, accessKeyId: 'AKIA9999888877776666', status: 'Active' },
      },
    }),
  (n) =>
    record(n, 'iam:PutRolePolicy', {
      requestParameters: { roleName: `app-${n}`, policyName: 'orders', policyDocument: '{"Statement":[]}' },
    }),
  (n) => record(n, 'cloudtrail:StopLogging', { requestParameters: { name: `trail-${n}` } }),
];

const bytesOf = (kinds: Kind[], n: number): Uint8Array => Buffer.from(JSON.stringify(kinds[n % kinds.length]?.(n)));

/** Bare CloudTrail records, no two the same; every fiftieth gives a finding, which is far more than in a trail. */
export const trailRecords = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, n) => bytesOf(n % 50 === 49 ? listed : others, n));

/** Records that all give a finding. */
export const listedRecords = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, n) => bytesOf(listed, n));
