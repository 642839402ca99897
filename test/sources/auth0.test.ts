import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Reading } from '#core/finding';
import * as registry from '#core/sources';
import { auth0 } from '#core/sources/auth0';
import { fold } from '#core/sources/fold';
import { mayOpen, patternsFor, readEvent } from '#core/sources/read';
import { auth0Envelope, auth0Event } from './auth0-event.ts';
import { account, type Json } from './guardduty-finding.ts';
import { noLists } from './read-finding.ts';

const lists = {
  ...noLists,
  identityProviders: {
    okta: null,
    ssf: [],
    auth0: {
      eventBus: 'aws.partner/auth0.com/acme/auth0.logs',
      subjects: { 'auth0|6459776e974703f3a65dc258': `user/${account}/alice` },
    },
  },
};
const read = (event: unknown): Reading => readEvent(JSON.stringify(event), { lists })[0] as Reading;
const found = (event: unknown) => {
  const reading = read(event);
  if (reading.outcome !== 'finding') throw new Error(JSON.stringify(reading));
  return reading.finding;
};
const of = (data: Json) => auth0Envelope(auth0Event(data));
const key = `user/${account}/alice`;
const id = '90020260820093000000000000000000000001223372037583230452';

describe('auth0: a password that others know', () => {
  it('is a finding about whom the table of the settings names', () => {
    expect(found(auth0Envelope())).toEqual({
      source: 'auth0',
      id,
      type: 'Auth0:pwd_leak',
      signal: 'blocking',
      why: 'somebody signs in with a password that is known to others',
      severity: 8,
      account,
      region: 'eu-central-1',
      observedAt: '2026-08-20T09:30:00.123Z',
      simulated: false,
      identity: { kind: 'iam-user', key, aliases: [key], name: 'alice' },
      credential: {},
      raw: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('is recorded and never guessed where the table lacks its subject', () => {
    const unknown = 'unknown/auth0/google-oauth2|7';
    expect(found(of({ user_id: 'google-oauth2|7', user_name: 'alice' })).identity).toEqual({
      kind: 'unknown',
      key: unknown,
      aliases: [unknown],
    });
  });

  it('is about nobody where it names no user', () => {
    expect(found(of({ user_id: '', user_name: null })).identity.key).toBe(`unknown/auth0/${id}`);
  });

  it('is read from a file as Auth0 streams it', () => {
    expect(found(auth0Event())).toMatchObject({ identity: { key }, account, region: null });
  });

  it('comes over the simulation bus as a drill', () => {
    const drill = auth0Envelope(auth0Event(), { source: 'rescind.simulated.partner/auth0.com/acme/auth0.logs' });
    expect(found(drill)).toMatchObject({ source: 'auth0', simulated: true });
  });
});

describe('auth0: what is urgent', () => {
  it.each([
    ['pwd_leak', 'blocking', true],
    ['ferrt', 'blocking', true],
    ['sdu', 'blocking', true],
    ['scp', 'advisory', false],
    ['gd_unenroll', 'advisory', false],
    ['srrt', 'advisory', false],
  ])('%s is %s', (type, signal, opens) => {
    const finding = found(of({ type }));
    expect([finding.signal, mayOpen(finding)]).toEqual([signal, opens]);
  });
});

describe('auth0: what is no finding', () => {
  it.each<[string, Json, object]>([
    ['a sign-in', { type: 's' }, { outcome: 'ignored', reason: expect.stringContaining('(this is s)') }],
    ['a name that objects have', { type: 'constructor' }, { outcome: 'ignored' }],
    ['a code that is none', { type: 'A b' }, { outcome: 'rejected', code: 'FIELD_INVALID' }],
    ['two ids', { log_id: 'other' }, { outcome: 'rejected', code: 'AMBIGUOUS' }],
  ])('%s', (_, data, expected) => {
    expect(read(of(data))).toMatchObject(expected);
  });

  it('an event without an id', () => {
    expect(read(auth0Envelope(auth0Event({ log_id: null }, { log_id: null })))).toMatchObject({
      code: 'FIELD_MISSING',
    });
  });

  it('an event without a time', () => {
    expect(read(auth0Event({ date: 'redacted' }))).toMatchObject({ code: 'FIELD_MISSING' });
  });

  it.each([
    ['an account that is none', { account: '12' }],
    ['a Region that is none', { region: 'mars' }],
  ])('%s', (_, overrides) => {
    expect(read(auth0Envelope(auth0Event(), overrides))).toMatchObject({ code: 'FIELD_INVALID' });
  });
});

describe('auth0: the source', () => {
  it('recognises its events, and no other source does', () => {
    const by = Object.values(registry).filter((source) => source.recognises(fold(auth0Event()).folded));
    expect(by.map(({ name }) => name)).toEqual(['auth0']);
  });

  it('listens to Auth0 alone, on its own bus', () => {
    expect([auth0.comesBy, patternsFor(auth0, false)[0]?.source]).toEqual([
      'partner',
      [{ prefix: 'aws.partner/auth0.com/' }],
    ]);
  });

  it('never throws, and gives a finding only with an id, a time and a key of plain text', () => {
    const odd = fc.oneof(fc.string(), fc.jsonValue(), fc.constantFrom(id, '2026-08-20 09:30:00.1'));
    const data = fc.record({ log_id: odd, date: odd, user_id: odd, user_name: odd }, { requiredKeys: [] });
    fc.assert(
      fc.property(data, (each) => {
        const reading = read(of(each));
        if (reading?.outcome === 'finding')
          expect(`${reading.finding.id}${reading.finding.identity.key}`).toMatch(/^[\w.@+|:/-]+$/);
      }),
    );
  });
});
