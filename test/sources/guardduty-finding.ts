/** Any JSON object, as a test writes it. */
export type Json = { [key: string]: unknown };

export const account = '111122223333';
export const userKey = 'AKIA1111222233334444';
export const sessionKey = 'ASIA1111222233334444';
export const userId = 'AIDA1111222233334444A';
export const roleId = 'AROA1111222233334444A';

export const aliceKey = { accessKeyId: userKey, principalId: userId, userName: 'alice', userType: 'IAMUser' };
export const roleKey = {
  accessKeyId: sessionKey,
  principalId: `${roleId}:i-0123456789abcdef0`,
  userName: 'web-server',
  userType: 'AssumedRole',
};

/** A finding as GuardDuty describes it (API Reference, Finding), about a key of the IAM user alice. */
export function guarddutyFinding(overrides: Json = {}): Json {
  return {
    schemaVersion: '2.0',
    accountId: account,
    region: 'eu-central-1',
    partition: 'aws',
    id: '5ec1de0000000000000000000000a001',
    arn: `arn:aws:guardduty:eu-central-1:${account}:detector/d0/finding/5ec1de0000000000000000000000a001`,
    type: 'UnauthorizedAccess:IAMUser/MaliciousIPCaller.Custom',
    resource: { resourceType: 'AccessKey', accessKeyDetails: aliceKey },
    service: {
      serviceName: 'guardduty',
      detectorId: 'd0',
      action: {
        actionType: 'AWS_API_CALL',
        awsApiCallAction: { api: 'ListUsers', serviceName: 'iam.amazonaws.com', callerType: 'Remote IP' },
      },
      resourceRole: 'TARGET',
      additionalInfo: { value: '{}', type: 'default' },
      evidence: null,
      eventFirstSeen: '2026-08-20T09:00:00.000Z',
      eventLastSeen: '2026-08-20T09:30:00.000Z',
      archived: false,
      count: 1,
    },
    severity: 5,
    createdAt: '2026-08-20T09:05:00.000Z',
    updatedAt: '2026-08-20T09:35:00.000Z',
    title: 'API ListUsers was invoked from an IP address on a custom threat list.',
    description: 'An API was used to list the users of the account from an IP address on a custom threat list.',
    ...overrides,
  };
}

/** The EventBridge event around it. */
export function envelope(detail: unknown = guarddutyFinding(), overrides: Json = {}): Json {
  return {
    version: '0',
    id: '0e1e2e3e-0000-4000-8000-000000000001',
    'detail-type': 'GuardDuty Finding',
    source: 'aws.guardduty',
    account,
    time: '2026-08-20T09:36:00Z',
    region: 'eu-central-1',
    resources: [],
    detail,
    ...overrides,
  };
}

/** A finding about other key details; `undefined` removes a field. */
export const findingAbout = (details: Json, overrides: Json = {}): Json =>
  guarddutyFinding({
    resource: { resourceType: 'AccessKey', accessKeyDetails: { ...aliceKey, ...details } },
    ...overrides,
  });

/** An attack sequence with these actors. */
export const attackSequence = (actors: unknown[] | undefined): Json =>
  guarddutyFinding({
    type: 'AttackSequence:IAM/CompromisedCredentials',
    severity: 9,
    resource: { resourceType: 'AttackSequence' },
    service: {
      serviceName: 'guardduty',
      archived: false,
      ...(actors ? { detection: { sequence: { uid: 's', actors } } } : {}),
    },
  });

/** Every object key changed, as people do who paste GetFindings output. */
export function withKeys(value: unknown, change: (key: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => withKeys(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [change(key), withKeys(item, change)]));
}
