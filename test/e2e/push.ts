import { importJWK, SignJWT } from 'jose';
import { inject } from 'vitest';
import { hmac } from '#adapters/tokens';
import { cloud } from './account.ts';
import { audience, issuer, transmitterKid } from './deployed.ts';

const [, apiId] = /^https:\/\/([^.]+)\./.exec(cloud.outputs.ReceiverUrl ?? '') ?? [];

/** One request to the receiver. The engine serves an API below its own address (`../shared/reference/engine.md`). */
const push = (path: string, body: string, headers: Record<string, string>) =>
  fetch(`${cloud.engine.endpoint}/_aws/execute-api/${apiId}/$default${path}`, { method: 'POST', headers, body });

export const pushToken = (body: string) => push('/ssf', body, { 'content-type': 'application/secevent+jwt' });

/** A token about `NAME@example.com`, as a standard library of JOSE makes it. */
export async function token(name: string, overrides: object = {}) {
  const key = await importJWK(inject('transmitter'), 'ES256');
  const claims = {
    ...{ iss: issuer, aud: audience, iat: Math.floor(Date.now() / 1000), jti: `${name}-${Date.now()}` },
    sub_id: { format: 'email', email: `${name}@example.com` },
    events: { 'https://schemas.openid.net/secevent/caep/event-type/session-revoked': {} },
    ...overrides,
  };
  return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: transmitterKid, typ: 'secevent+jwt' }).sign(key);
}

interface Delivery {
  /** What its signature is of, and by which secret: by default the body, by the one that both sides know. */
  signed?: string;
  secret?: string;
  event?: string;
  id?: string;
  path?: string;
}

/** A webhook as GitHub delivers it (GitHub Docs, "Webhook events and payloads" and "Validating webhook deliveries"). */
export async function pushWebhook(body: string, delivery: Delivery = {}) {
  const { signed = body, secret = inject('webhookSecret'), event = 'secret_scanning_alert' } = delivery;
  const { id = crypto.randomUUID(), path = '/github' } = delivery;
  return push(path, body, {
    'content-type': 'application/json',
    'x-github-event': event,
    'x-github-delivery': id,
    'x-hub-signature-256': `sha256=${await hmac(secret, new TextEncoder().encode(signed))}`,
  });
}
