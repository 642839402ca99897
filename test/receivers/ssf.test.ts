import { createHmac } from 'node:crypto';
import { CompactSign, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { hmac, verifyToken } from '#adapters/tokens';
import { ssf } from '#core/receivers/ssf';
import { parseSettings } from '#core/settings';
import type { Json } from '../sources/guardduty-finding.ts';
import { audience, claims, issuer, transmitter } from './tokens.ts';

const now = new Date(1_787_218_260_000);
const type = { 'content-type': 'application/secevent+jwt' };
const ours = await transmitter();
const settings = parseSettings({ identityProviders: { ssf: [ours.setting] } });
const push = (token: string, headers: Record<string, string> = type, at = now) =>
  ssf.receive(
    { method: 'POST', headers, body: new TextEncoder().encode(token) },
    { settings, now: () => at, verify: verifyToken, hmac, secret: async () => '' },
  );
const signed = (overrides: Json = {}, header: Json = {}) => ours.token(claims(overrides), header);
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('the receiver of security event tokens', () => {
  it('is off unless the settings name a transmitter', () => {
    expect([ssf.isOn(settings), ssf.isOn(parseSettings({}))]).toEqual([true, false]);
  });

  it('takes a token of a transmitter, with 202 and no body (RFC 8935, 2.2)', async () => {
    const token = await signed();
    expect(await push(token)).toEqual({
      outcome: 'accepted',
      id: `${issuer} 24c63fb56e5a2d77a6b512616ca9fa24`,
      detailType: 'Security Event Token',
      detail: { token },
      answer: { status: 202 },
    });
  });

  it.each(['RS256', 'PS256', 'ES384', 'EdDSA'])('takes a signature by %s', async (alg) => {
    const other = await transmitter('k9', alg);
    const taken = await ssf.receive(
      { method: 'POST', headers: type, body: new TextEncoder().encode(await other.token()) },
      {
        settings: parseSettings({ identityProviders: { ssf: [other.setting] } }),
        now: () => now,
        verify: verifyToken,
        hmac,
        secret: async () => '',
      },
    );
    expect(taken.outcome).toBe('accepted');
  });

  it('takes one of several audiences, and a parameter of the media type', async () => {
    const several = await signed({ aud: ['https://other.example.com', audience] });
    expect((await push(several, { 'content-type': 'Application/SecEvent+JWT; charset=utf-8' })).outcome).toBe(
      'accepted',
    );
  });

  it.each<[string, string, () => Promise<string> | string, Record<string, string>?]>([
    ['another media type', 'invalid_request', () => signed(), { 'content-type': 'application/json' }],
    ['no media type', 'invalid_request', () => signed(), {}],
    ['junk', 'invalid_issuer', () => '{"iss":"x"}'],
    ['nothing', 'invalid_issuer', () => ''],
    ['an issuer that nobody knows', 'invalid_issuer', () => signed({ iss: 'https://evil.example.com' })],
    ['no issuer', 'invalid_issuer', () => signed({ iss: undefined })],
    ['another audience', 'invalid_audience', () => signed({ aud: 'https://other.example.com' })],
    ['no audience', 'invalid_audience', () => signed({ aud: undefined })],
    ['a key that the issuer has not', 'invalid_key', () => signed({}, { kid: 'k2' })],
    ['the key of somebody else', 'authentication_failed', async () => (await transmitter()).token()],
    [
      'a shared secret for a public key',
      'invalid_key',
      () =>
        new SignJWT(claims())
          .setProtectedHeader({ alg: 'HS256', kid: 'k1', typ: 'secevent+jwt' })
          .sign(new TextEncoder().encode(JSON.stringify(ours.jwk))),
    ],
    ['no signature', 'invalid_issuer', () => `${part({ alg: 'none', typ: 'secevent+jwt' })}.${part(claims())}.`],
    ['a signature that says none', 'invalid_key', () => `${part({ alg: 'none', kid: 'k1' })}.${part(claims())}.AAAA`],
    ['a token of another type', 'invalid_request', () => signed({}, { typ: 'JWT' })],
    ['no id', 'invalid_request', () => signed({ jti: undefined })],
    ['no time of issue', 'invalid_request', () => signed({ iat: undefined })],
    ['a time of issue a day ago', 'invalid_request', () => signed({ iat: 1_787_218_260 - 86_401 })],
    ['a time of issue to come', 'invalid_request', () => signed({ iat: 1_787_218_260 + 301 })],
  ])('refuses %s with 400 and %s (RFC 8935, 2.4)', async (_, err, token, headers) => {
    const refused = await push(await token(), headers);
    expect(refused).toMatchObject({ outcome: 'refused', answer: { status: 400, body: { err } } });
  });

  it.each(['[1]', '"x"', '{'])('refuses signed text that is no object of claims: %s', async (payload) => {
    const signing = new CompactSign(new TextEncoder().encode(payload)).setProtectedHeader({ alg: 'ES256', kid: 'k1' });
    expect(await verifyToken(await signing.sign(ours.privateKey), ours.setting.keys, ['ES256'])).toBe('malformed');
  });

  it('refuses claims that were changed after they were signed', async () => {
    const [head, , signature] = (await signed()).split('.');
    const changed = `${head}.${part(claims({ sub_id: { format: 'email', email: 'bob@example.com' } }))}.${signature}`;
    expect(await push(changed)).toMatchObject({ answer: { status: 400, body: { err: 'authentication_failed' } } });
  });

  it('answers nothing that stood in the token', async () => {
    const evil = await signed({ iss: 'https://<script>.example.com', jti: '<script>' });
    expect(JSON.stringify((await push(evil)).answer)).not.toContain('<');
  });
});

describe('a key set that cannot be had', () => {
  it('is no verdict on the token: it is to be pushed again', async () => {
    await expect(verifyToken(await signed(), 'https://127.0.0.1:1/keys', ['ES256'])).rejects.toMatchObject({
      name: 'Retryable',
    });
  });
});

describe('the HMAC of a webhook', () => {
  it('is that of SHA-256, in hex', async () => {
    const body = new TextEncoder().encode('hello');
    expect(await hmac('s', body)).toBe(createHmac('sha256', 's').update('hello').digest('hex'));
  });
});
