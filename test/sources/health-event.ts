import { account, type Json, userKey } from './guardduty-finding.ts';

const code = 'AWS_RISK_CREDENTIALS_EXPOSED';
export const arnOf = (type: string): string => `arn:aws:health:us-east-1::event/RISK/${type}/${type}-a1B2c3D4e5`;
export const eventArn = arnOf(code);

/** The detail of an event as the AWS Health User Guide describes it ("EventBridge schema"): AWS found a key of alice. */
export function healthDetail(overrides: Json = {}): Json {
  return {
    eventArn,
    service: 'RISK',
    eventTypeCode: code,
    eventTypeCategory: 'issue',
    eventScopeCode: 'ACCOUNT_SPECIFIC',
    communicationId: '0a1b2c3d4e5f-1',
    startTime: 'Thu, 20 Aug 2026 09:30:00 GMT',
    lastUpdatedTime: 'Thu, 20 Aug 2026 09:30:00 GMT',
    statusCode: 'open',
    eventRegion: 'us-east-1',
    eventDescription: [{ language: 'en_US', latestDescription: 'Text for people, about user mallory.' }],
    eventMetadata: { accountId: account, publicKey: userKey, userName: 'alice', exposedUrl: 'https://example.com/x' },
    affectedEntities: [{ entityValue: userKey, lastUpdatedTime: 'Thu, 20 Aug 2026 09:31:00 GMT' }],
    affectedAccount: account,
    page: '1',
    totalPages: '1',
    ...overrides,
  };
}

/** The EventBridge event around it. */
export const healthEvent = (detail: unknown = healthDetail(), overrides: Json = {}): Json => ({
  version: '0',
  id: '0e1e2e3e-0000-4000-8000-000000000003',
  'detail-type': 'AWS Health Event',
  source: 'aws.health',
  account,
  time: '2026-08-20T09:32:00Z',
  region: 'us-east-1',
  resources: [],
  detail,
  ...overrides,
});

/** An event about these entities, whose metadata says nothing. */
export const eventAbout = (entities: unknown[], overrides: Json = {}): Json =>
  healthEvent(
    healthDetail({
      affectedEntities: entities.map((entityValue) => ({ entityValue })),
      eventMetadata: {},
      ...overrides,
    }),
  );

/** An event as DescribeEvents gives it (API Reference, Event). */
export const apiEvent: Json = {
  arn: eventArn,
  service: 'RISK',
  eventTypeCode: code,
  eventTypeCategory: 'issue',
  region: 'us-east-1',
  startTime: 1787218200.5,
  lastUpdatedTime: 1787218260.25,
  statusCode: 'open',
  eventScopeCode: 'ACCOUNT_SPECIFIC',
};

/** An entity as DescribeAffectedEntities gives it (API Reference, AffectedEntity). */
export const apiEntity = (overrides: Json = {}): Json => ({
  entityArn: `arn:aws:health:us-east-1:${account}:entity/AbCdEf0123`,
  eventArn,
  entityValue: userKey,
  awsAccountId: account,
  lastUpdatedTime: 1787218260.25,
  ...overrides,
});
