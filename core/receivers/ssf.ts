import type { Answer, Disbelief, HttpRequest, Received, Receiver, ReceiverPorts } from './receiver.ts';

/** RSA and EC signatures and EdDSA; none of a shared secret, and `none` least of all (RFC 8725, 3.1 and 3.2). */
export const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const;
/** A token that is older is a replay, or its transmitter was cut off from us: seen ones are remembered longer. */
export const oldestSeconds = 24 * 3600;
/** How far clocks may differ. */
const skewSeconds = 300;

/** RFC 8935, 2.4: the error codes of push delivery. */
const codes: Record<Disbelief, string> = {
  malformed: 'invalid_request',
  key: 'invalid_key',
  signature: 'authentication_failed',
  algorithm: 'invalid_key',
};

const refused = (err: string, description: string): Received => ({
  outcome: 'refused',
  reason: description,
  answer: { status: 400, body: { err, description } },
});

/** RFC 8935, 2.2: 202 and no body. */
const accepted: Answer = { status: 202 };

/** Push delivery of security event tokens (RFC 8935) by the transmitters of the settings. */
export const ssf: Receiver = {
  name: 'ssf',
  isOn: ({ identityProviders }) => identityProviders.ssf.length > 0,

  async receive({ headers, body }: HttpRequest, ports: ReceiverPorts): Promise<Received> {
    const [mediaType = ''] = (headers['content-type'] ?? '').split(';');
    if (mediaType.trim().toLowerCase() !== 'application/secevent+jwt')
      return refused('invalid_request', 'the media type is not application/secevent+jwt');
    const token = new TextDecoder().decode(body).trim();
    // Whose it claims to be says only by whose keys it must be signed.
    const transmitter = ports.settings.identityProviders.ssf.find(({ issuer }) => issuer === claimOf(token, 'iss'));
    if (!transmitter) return refused('invalid_issuer', 'no transmitter of this issuer is known here');
    const verified = await ports.verify(token, transmitter.keys, algorithms);
    if (typeof verified === 'string') return refused(codes[verified], disbelief[verified]);

    const { header, payload } = verified;
    const { iss, aud, jti, iat } = payload;
    // Explicit typing, so that no token of another kind by the same issuer is taken for an event (RFC 8417, 2.3).
    if (typeof header.typ !== 'string' || !/^(application\/)?secevent\+jwt$/i.test(header.typ))
      return refused('invalid_request', 'the type of the token is not secevent+jwt');
    if (iss !== transmitter.issuer) return refused('invalid_issuer', 'the issuer is another than the one that signed');
    if (![aud].flat().includes(transmitter.audience))
      return refused('invalid_audience', 'the token is meant for another audience');
    if (typeof jti !== 'string' || jti === '' || jti.length > 512)
      return refused('invalid_request', 'the token has no id (jti)');
    if (typeof iat !== 'number') return refused('invalid_request', 'the token has no time of issue (iat)');
    const age = ports.now().getTime() / 1000 - iat;
    if (age > oldestSeconds) return refused('invalid_request', 'the token was issued too long ago');
    if (age < -skewSeconds) return refused('invalid_request', 'the token is issued in the future');
    return {
      outcome: 'accepted',
      id: `${transmitter.issuer} ${jti}`,
      detailType: 'Security Event Token',
      detail: { token },
      answer: accepted,
    };
  },
};

const disbelief: Record<Disbelief, string> = {
  malformed: 'this is no signed token',
  key: 'the key set of the issuer has no key of this kid',
  signature: 'the signature is wrong',
  algorithm: 'the algorithm is not one of those that are taken',
};

/** A claim as it is written, nothing of it believed. */
function claimOf(token: string, name: string): unknown {
  const [, payload] = /^[\w-]+\.([\w-]+)\.[\w-]+$/.exec(token) ?? [];
  if (payload === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null && Object.hasOwn(claims, name)
      ? (claims as Record<string, unknown>)[name]
      : undefined;
  } catch {
    return undefined;
  }
}
