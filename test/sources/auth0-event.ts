import { account, type Json } from './guardduty-finding.ts';

/** A log event of Auth0: somebody has tried to sign in as alice with a password that is known to others. */
export const auth0Event = (data: Json = {}, overrides: Json = {}): Json => ({
  log_id: '90020260820093000000000000000000000001223372037583230452',
  data: {
    log_id: '90020260820093000000000000000000000001223372037583230452',
    date: '2026-08-20T09:30:00.123Z',
    type: 'pwd_leak',
    description: 'Text for people',
    client_id: 'c1',
    tenant_name: 'acme',
    user_id: 'auth0|6459776e974703f3a65dc258',
    user_name: 'Alice@example.com',
    ...data,
  },
  ...overrides,
});

/** The event around it on the partner's bus. */
export const auth0Envelope = (detail: unknown = auth0Event(), overrides: Json = {}): Json => ({
  version: '0',
  id: '0e1e2e3e-0000-4000-8000-000000000007',
  'detail-type': 'Auth0 log',
  source: 'aws.partner/auth0.com/acme-2308531e-1ba0-4824-a5de-5fa1d5928ea4/auth0.logs',
  account,
  time: '2026-08-20T09:30:01Z',
  region: 'eu-central-1',
  resources: [],
  detail,
  ...overrides,
});
