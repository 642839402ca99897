import type { Json } from './guardduty-finding.ts';

/** An alert as GitHub sends it to a webhook (GitHub Docs, "Webhook events and payloads"). */
export const alertEvent = (overrides: Json = {}): Json => ({
  action: 'created',
  alert: {
    number: 42,
    created_at: '2026-08-20T09:30:00Z',
    updated_at: null,
    html_url: 'https://github.example.com/acme/shop/security/secret-scanning/42',
    secret_type: 'aws_access_key_id',
    secret_type_display_name: 'Amazon AWS Access Key ID',
    state: 'open',
    publicly_leaked: false,
  },
  repository: { id: 1, full_name: 'acme/shop', private: true },
  sender: { login: 'octocat' },
  ...overrides,
});
