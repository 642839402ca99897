import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { Json } from '../sources/guardduty-finding.ts';

export const issuer = 'https://idp.example.com/tenant-1';
export const audience = 'https://rescind.example.com/ssf';
const caep = 'https://schemas.openid.net/secevent/caep/event-type/';

/** The claims of a session that was ended (CAEP 1.0, session-revoked). */
export const claims = (overrides: Json = {}, type = 'session-revoked', event: Json = {}): Json => ({
  iss: issuer,
  aud: audience,
  jti: '24c63fb56e5a2d77a6b512616ca9fa24',
  iat: 1_787_218_200,
  sub_id: { format: 'email', email: 'Alice@example.com' },
  events: { [`${caep}${type}`]: { event_timestamp: 1_787_218_140, ...event } },
  ...overrides,
});

/** A transmitter with a key of its own, as the settings name it. */
export async function transmitter(kid = 'k1', alg = 'ES256', subjects: Json = {}) {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid, alg } as { kty: string; kid: string; alg: string };
  const token = (payload: Json = claims(), header: Json = {}): Promise<string> =>
    new SignJWT(payload).setProtectedHeader({ alg, kid, typ: 'secevent+jwt', ...header }).sign(privateKey);
  return { token, jwk, privateKey, setting: { issuer, audience, keys: { keys: [jwk] }, subjects } };
}
