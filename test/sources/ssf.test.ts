import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Reading } from '#core/finding';
import { parseSettings } from '#core/settings';
import * as registry from '#core/sources';
import { fold } from '#core/sources/fold';
import { mayOpen, readEvent } from '#core/sources/read';
import { audience, claims, issuer } from '../receivers/tokens.ts';
import { account, type Json, userId } from './guardduty-finding.ts';

const lists = parseSettings({
  identityProviders: {
    ssf: [
      {
        ...{ issuer, audience, keys: 'https://idp.example.com/keys' },
        subjects: {
          'alice@example.com': { identity: `user/${account}/alice`, uniqueId: userId },
          'sub-7': `user/${account}/bob`,
          'urn:x:7': `role/${account}/ops`,
        },
      },
      { issuer: 'https://other.example.com', audience, keys: 'https://other.example.com/keys', subjects: {} },
    ],
  },
});
const part = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const event = (payload: unknown, overrides: Json = {}): Json => ({
  version: '0',
  source: 'rescind.received.ssf',
  'detail-type': 'Security Event Token',
  ...{ account, region: 'eu-central-1', time: '2026-08-20T09:31:00Z' },
  detail: { token: `${part({ alg: 'ES256' })}.${part(payload)}.c2ln` },
  ...overrides,
});
const readAll = (about: unknown): Reading[] => readEvent(JSON.stringify(about), { lists });
const read = (about: unknown): Reading => readAll(about)[0] as Reading;
const found = (about: unknown) => {
  const reading = read(about);
  if (reading.outcome !== 'finding') throw new Error(JSON.stringify(reading));
  return reading.finding;
};
const key = `user/${account}/alice`;

describe('ssf: a session that its issuer has ended', () => {
  it('is a finding about whom the table of that issuer names, by the unique id that it pins', () => {
    expect(found(event(claims()))).toEqual({
      source: 'ssf',
      id: `${issuer}/24c63fb56e5a2d77a6b512616ca9fa24/session-revoked`,
      type: 'SSF:session-revoked',
      signal: 'blocking',
      why: 'its issuer has ended the session, and those that it has in AWS live on',
      severity: 6,
      account,
      region: 'eu-central-1',
      observedAt: '2026-08-20T09:29:00.000Z',
      simulated: false,
      identity: { kind: 'iam-user', key, aliases: [key], name: 'alice', uniqueId: userId },
      credential: {},
      raw: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('is read from its claims alone, as a file may hold them', () => {
    expect(found(claims())).toMatchObject({ identity: { key }, account, region: null });
  });

  it('of another issuer names nobody of this one, and not the same unknown', () => {
    const other = found(event(claims({ iss: 'https://other.example.com' }))).identity;
    const third = found(event(claims({ iss: 'https://third.example.com' }))).identity;
    expect([other.kind, third.kind, other.key === third.key]).toEqual(['unknown', 'unknown', false]);
    expect(other.key).toMatch(/^unknown\/ssf\/[0-9a-f]{16}$/);
  });

  it('comes over the simulation bus as a drill', () => {
    expect(found(event(claims(), { source: 'rescind.simulated.received.ssf' })).simulated).toBe(true);
  });
});

describe('ssf: whom a token is about', () => {
  const opaque = { format: 'opaque', id: 'sub-7' };
  it.each<[string, Json, string]>([
    ['an address', { sub_id: { format: 'email', email: 'alice@example.com' } }, key],
    ['an account', { sub_id: { format: 'account', uri: 'acct:alice@example.com' } }, key],
    ['an id', { sub_id: opaque }, `user/${account}/bob`],
    ['a URI', { sub_id: { format: 'uri', uri: 'urn:x:7' } }, `role/${account}/ops`],
    ['a subject of its issuer', { sub_id: { format: 'iss_sub', iss: issuer, sub: 'sub-7' } }, `user/${account}/bob`],
    [
      'several names',
      { sub_id: { format: 'aliases', identifiers: [opaque, { format: 'opaque', id: 'x' }] } },
      `user/${account}/bob`,
    ],
    [
      'the user of a complex subject',
      { sub_id: { format: 'complex', session: { format: 'opaque', id: 's' }, user: opaque } },
      `user/${account}/bob`,
    ],
  ])('is told by %s', (_, overrides, expected) => {
    expect(found(event(claims(overrides))).identity.key).toBe(expected);
  });

  it('may stand in the event, as drafts had it', () => {
    const about = claims({ sub_id: undefined }, 'session-revoked', { subject: opaque });
    expect(found(event(about)).identity.key).toBe(`user/${account}/bob`);
  });

  it.each<[string, Json]>([
    [
      'a subject of another issuer',
      claims({ sub_id: { format: 'iss_sub', iss: 'https://x.example.com', sub: 'sub-7' } }),
    ],
    ['two that differ', claims({}, 'session-revoked', { subject: opaque })],
    [
      'names of two',
      claims({ sub_id: { format: 'aliases', identifiers: [opaque, { format: 'email', email: 'alice@example.com' }] } }),
    ],
    ['a session alone', claims({ sub_id: { format: 'complex', session: opaque } })],
    ['a format that is none', claims({ sub_id: { format: 'constructor', id: 'sub-7' } })],
    ['nobody', claims({ sub_id: undefined })],
  ])('is nobody for certain where it tells %s', (_, about) => {
    expect(found(event(about)).identity.kind).toBe('unknown');
  });
});

describe('ssf: what is urgent', () => {
  it.each<[string, Json, string]>([
    ['account-disabled', {}, 'blocking'],
    ['credential-compromise', {}, 'blocking'],
    ['device-compliance-change', { current_status: 'not-compliant' }, 'blocking'],
    ['assurance-level-change', { change_direction: 'decrease' }, 'advisory'],
    ['credential-change', { change_type: 'create' }, 'advisory'],
  ])('%s', (type, told, signal) => {
    const finding = found(event(claims({}, type, told)));
    expect([finding.signal, mayOpen(finding)]).toEqual([signal, signal === 'blocking']);
  });

  it('makes a finding of each event of a token', () => {
    const events = {
      'https://schemas.openid.net/secevent/caep/event-type/session-revoked': {},
      'https://schemas.openid.net/secevent/risc/event-type/credential-compromise': {},
    };
    expect(readAll(event(claims({ events }))).map(({ outcome }) => outcome)).toEqual(['finding', 'finding']);
  });
});

describe('ssf: what is no finding', () => {
  it.each<[string, unknown, object]>([
    [
      'a device that is as it must be',
      claims({}, 'device-compliance-change', { current_status: 'compliant' }),
      { outcome: 'ignored' },
    ],
    [
      'a subject that is surer than before',
      claims({}, 'assurance-level-change', { change_direction: 'increase' }),
      { outcome: 'ignored' },
    ],
    [
      'the test of a stream',
      claims({ events: { 'https://schemas.openid.net/secevent/ssf/event-type/verification': {} } }),
      { outcome: 'ignored' },
    ],
    ['a type that objects have', claims({}, 'constructor'), { outcome: 'ignored' }],
    ['no events', claims({ events: {} }), { code: 'FIELD_MISSING' }],
    ['no id', claims({ jti: null }), { code: 'FIELD_MISSING' }],
    ['an id of two lines', claims({ jti: 'a\nb' }), { code: 'FIELD_INVALID' }],
    ['no time', claims({ iat: null }), { code: 'FIELD_MISSING' }],
    ['an issuer that is none', claims({ iss: 7 }), { code: 'FIELD_INVALID' }],
    ['claims with a key in two casings', '{"iss":"a","ISS":"b","jti":"1","events":{}}', { code: 'AMBIGUOUS' }],
    ['claims that are no JSON', '{', { code: 'FIELD_INVALID' }],
  ])('%s', (_, payload, expected) => {
    expect(read(event(payload))).toMatchObject(expected);
  });

  it.each([{ token: 7 }, { token: 'a.b' }, { token: '..' }])('a detail that holds no token: %j', (detail) => {
    expect(read(event({}, { detail }))).toMatchObject({ code: 'FIELD_INVALID' });
  });

  it.each([{ account: '12' }, { region: 'mars' }])('an envelope that says %j', (overrides) => {
    expect(read(event(claims(), overrides))).toMatchObject({ code: 'FIELD_INVALID' });
  });

  it('what says that it was received and came by a rule', () => {
    expect(readEvent(JSON.stringify(event(claims())), { lists, byRule: true })).toMatchObject([{ outcome: 'ignored' }]);
  });
});

describe('ssf: the source', () => {
  it('recognises its claims, and no other source does', () => {
    const by = Object.values(registry).filter((source) => source.recognises(fold(claims()).folded));
    expect(by.map(({ name }) => name)).toEqual(['ssf']);
  });

  it('never throws, and gives a finding only with an id and a key of plain text', () => {
    const odd = fc.oneof(
      fc.string(),
      fc.jsonValue(),
      fc.constantFrom({ format: 'opaque', id: 'sub-7' }, 1_787_218_200),
    );
    const payload = fc.record(
      { iss: fc.oneof(fc.constant(issuer), odd), jti: odd, iat: odd, sub_id: odd },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(payload, (each) => {
        for (const reading of readAll(event(claims(each as Json))))
          if (reading.outcome === 'finding')
            expect(`${reading.finding.id}${reading.finding.identity.key}`).toMatch(/^[\x21-\x7e]+$/);
      }),
    );
  });
});
