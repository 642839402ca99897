import { account, type Json } from './guardduty-finding.ts';

export const alice = { id: '00u1abcDEF2345678901', type: 'User', alternateId: 'Alice@example.com', displayName: 'A' };
export const admin = { id: '00u9adm000000000009x', type: 'User', alternateId: 'admin@example.com', displayName: 'B' };

/** A log event of Okta (System Log API, LogEvent): an administrator has ended all sessions of alice. */
export const oktaEvent = (overrides: Json = {}): Json => ({
  uuid: '2a992f80-d1ad-4f62-900e-8c68bb72a21b',
  published: '2026-08-20T09:30:00.123Z',
  eventType: 'user.session.clear',
  version: '0',
  severity: 'INFO',
  displayMessage: 'Clear user session',
  actor: admin,
  target: [alice],
  outcome: { result: 'SUCCESS', reason: null },
  client: { ipAddress: '198.51.100.7' },
  debugContext: { debugData: {} },
  ...overrides,
});

/** The event around it on the partner's bus. */
export const oktaEnvelope = (detail: unknown = oktaEvent(), overrides: Json = {}): Json => ({
  version: '0',
  id: '0e1e2e3e-0000-4000-8000-000000000006',
  'detail-type': 'SystemLog',
  source: 'aws.partner/okta.com/acme/rescind',
  account,
  time: '2026-08-20T09:30:01Z',
  region: 'eu-central-1',
  resources: [],
  detail,
  ...overrides,
});
