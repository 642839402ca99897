import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Reading } from '#core/finding';
import * as registry from '#core/sources';
import { fold } from '#core/sources/fold';
import { okta } from '#core/sources/okta';
import { mayOpen, patternsFor, readEvent } from '#core/sources/read';
import { account, type Json } from './guardduty-finding.ts';
import { admin, alice, oktaEnvelope, oktaEvent } from './okta-event.ts';
import { noLists } from './read-finding.ts';

const lists = {
  ...noLists,
  identityProviders: {
    okta: {
      eventBus: 'aws.partner/okta.com/acme/rescind',
      subjects: { 'alice@example.com': `user/${account}/alice`, 'admin@example.com': `user/${account}/admin` },
    },
    auth0: null,
    ssf: [],
  },
};
const read = (event: unknown): Reading => readEvent(JSON.stringify(event), { lists })[0] as Reading;
const found = (event: unknown) => {
  const reading = read(event);
  if (reading.outcome !== 'finding') throw new Error(JSON.stringify(reading));
  return reading.finding;
};
const of = (overrides: Json) => oktaEnvelope(oktaEvent(overrides));
const key = `user/${account}/alice`;

describe('okta: a session that was ended', () => {
  it('is a finding about whom the table of the settings names', () => {
    expect(found(oktaEnvelope())).toEqual({
      source: 'okta',
      id: '2a992f80-d1ad-4f62-900e-8c68bb72a21b',
      type: 'Okta:user.session.clear',
      signal: 'blocking',
      why: 'all of its sessions were ended, and those that it has in AWS live on',
      severity: 6,
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
    const unknown = 'unknown/okta/00u7';
    expect(found(of({ target: [{ ...alice, id: '00u7', alternateId: 'alice2@example.com' }] }))).toMatchObject({
      identity: { kind: 'unknown', key: unknown, aliases: [unknown] },
      account,
    });
  });

  it('keeps nothing of the text for people', () => {
    expect(JSON.stringify(found(oktaEnvelope()))).not.toMatch(/Clear user session|198\.51/);
  });

  it('is read from a file as the System Log gives it, with keys in lower case too (trap 1)', () => {
    const lower = JSON.parse(JSON.stringify(oktaEvent()), (_, value) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name.toLowerCase(), each]))
        : value,
    );
    for (const document of [oktaEvent(), lower])
      expect(found(document)).toMatchObject({ identity: { key }, account, region: null });
  });

  it('comes over the simulation bus as a drill', () => {
    expect(found(oktaEnvelope(oktaEvent(), { source: 'rescind.simulated.partner/okta.com/acme/x' }))).toMatchObject({
      source: 'okta',
      simulated: true,
    });
  });
});

describe('okta: whom an event is about', () => {
  it.each<[string, Json, string]>([
    ['the user to whom it happened, not the one who acted', {}, key],
    [
      'the one who acted, where it happened to no user',
      { target: [{ type: 'AppInstance', id: 'a' }] },
      `user/${account}/admin`,
    ],
    ['the one who acted, where nothing is named', { target: null }, `user/${account}/admin`],
    [
      'nobody, where it happened to two',
      { target: [alice, admin] },
      'unknown/okta/2a992f80-d1ad-4f62-900e-8c68bb72a21b',
    ],
    [
      'nobody, where no user is named',
      { target: [], actor: { type: 'SystemPrincipal', id: 'okta' } },
      'unknown/okta/2a992f80-d1ad-4f62-900e-8c68bb72a21b',
    ],
    [
      'nobody, where Okta does not know',
      { target: [], actor: { type: 'User', id: 'unknown', alternateId: 'unknown' } },
      'unknown/okta/2a992f80-d1ad-4f62-900e-8c68bb72a21b',
    ],
  ])('is %s', (_, overrides, expected) => {
    expect(found(of(overrides)).identity.key).toBe(expected);
  });
});

describe('okta: what is urgent', () => {
  const risk = (text: unknown) => ({ eventType: 'user.risk.detect', debugContext: { debugData: { risk: text } } });
  it.each<[string, Json, string, number]>([
    ['a session used from elsewhere', { eventType: 'security.session.detect_client_roaming' }, 'blocking', 8],
    ['a password that others know', { eventType: 'security.breached_credential.detected' }, 'blocking', 8],
    ['a report of the holder', { eventType: 'user.account.report_suspicious_activity_by_enduser' }, 'blocking', 7],
    ['a user who may no longer sign in', { eventType: 'user.lifecycle.deactivate' }, 'blocking', 5],
    ['a high risk', risk('{previousLevel=LOW, level=HIGH, detectionName=x}'), 'blocking', 8],
    ['a risk that was high', risk('{previousLevel=HIGH, level=LOW}'), 'advisory', 2],
    ['a risk without a level', risk(7), 'blocking', 5],
    ['a changed password', { eventType: 'user.account.update_password' }, 'advisory', 3],
    ['a factor that is gone', { eventType: 'user.mfa.factor.deactivate' }, 'advisory', 4],
  ])('%s', (_, overrides, signal, severity) => {
    expect(found(of(overrides))).toMatchObject({ signal, severity });
  });

  it('opens a case for what is blocking, and joins one for everyday work', () => {
    expect([found(oktaEnvelope()), found(of({ eventType: 'user.account.update_password' }))].map(mayOpen)).toEqual([
      true,
      false,
    ]);
  });
});

describe('okta: what is no finding', () => {
  it.each<[string, Json, object]>([
    [
      'a sign-in',
      { eventType: 'user.session.start' },
      { outcome: 'ignored', reason: expect.stringContaining('user.session.start') },
    ],
    [
      'a change that failed',
      { outcome: { result: 'FAILURE' } },
      { outcome: 'ignored', reason: 'nothing was changed (this is user.session.clear)' },
    ],
    ['a change whose outcome is not told', { outcome: null }, { outcome: 'ignored' }],
    ['a type that is none', { eventType: 'Robert"; drop' }, { outcome: 'rejected', code: 'FIELD_INVALID' }],
    ['an event without an id', { uuid: '' }, { outcome: 'rejected', code: 'FIELD_MISSING' }],
    ['an id that is none', { uuid: 'a#b' }, { outcome: 'rejected', code: 'FIELD_INVALID' }],
  ])('%s', (_, overrides, expected) => {
    expect(read(of(overrides))).toMatchObject(expected);
  });

  it.each([
    ['an account that is none', { account: '12' }],
    ['a Region that is none', { region: 'mars' }],
  ])('%s', (_, overrides) => {
    expect(read(oktaEnvelope(oktaEvent(), overrides))).toMatchObject({ outcome: 'rejected', code: 'FIELD_INVALID' });
  });

  it('a threat counts however the attempt ended', () => {
    const threat = { eventType: 'security.threat.detected', outcome: { result: 'DENY' } };
    expect(found(of(threat)).type).toBe('Okta:security.threat.detected');
  });
});

describe('okta: the source', () => {
  it('recognises its events, and no other source does', () => {
    const by = Object.values(registry).filter((source) => source.recognises(fold(oktaEvent()).folded));
    expect(by.map(({ name }) => name)).toEqual(['okta']);
  });

  it('listens to Okta alone, on its own bus', () => {
    expect([okta.comesBy, patternsFor(okta, false)[0]?.source]).toEqual([
      'partner',
      [{ prefix: 'aws.partner/okta.com/' }],
    ]);
  });

  it('never throws, and gives a finding only with an id, a time and a key of plain text', () => {
    const odd = fc.oneof(fc.string(), fc.jsonValue(), fc.constantFrom(alice, [alice], 'HIGH'));
    const events = fc.record(
      { uuid: odd, published: odd, target: odd, actor: odd, outcome: odd, debugContext: odd },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(events, fc.constantFrom('user.risk.detect', 'user.session.clear'), (event, eventType) => {
        const reading = read(of({ ...event, eventType }));
        if (reading?.outcome === 'finding') {
          expect(`${reading.finding.id}${reading.finding.identity.key}`).toMatch(/^[\w.@+|:/-]+$/);
        }
      }),
    );
  });
});
