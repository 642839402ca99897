import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as registry from '#core/sources';
import { fold } from '#core/sources/fold';
import { readEvent } from '#core/sources/read';
import { alertEvent } from './github-event.ts';
import { account, type Json, userKey } from './guardduty-finding.ts';
import { found, noLists, read } from './read-finding.ts';

const envelope = (detail: unknown = alertEvent(), overrides: Json = {}): Json => ({
  version: '0',
  source: 'rescind.received.github',
  'detail-type': 'secret_scanning_alert',
  ...{ account, region: 'eu-central-1', time: '2026-08-20T09:31:00Z', detail },
  ...overrides,
});
const alert = (overrides: Json) => alertEvent({ alert: { ...(alertEvent().alert as Json), ...overrides } });

describe('github: a secret in a repository', () => {
  it('is a finding about the key whose id was found', () => {
    const key = `access-key/${userKey}`;
    expect(found(envelope(alert({ access_key_id: userKey })))).toEqual({
      source: 'github',
      id: 'acme/shop/42',
      type: 'GitHub:aws_access_key_id',
      signal: 'blocking',
      why: 'everybody who can read the repository can read the secret',
      severity: 8,
      account,
      region: 'eu-central-1',
      observedAt: '2026-08-20T09:30:00.000Z',
      simulated: false,
      identity: { kind: 'unknown', key, aliases: [key] },
      credential: { accessKeyId: userKey },
      unused: true,
      raw: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('names nobody where the alert does not say which key it is (trap 19)', () => {
    const unknown = 'unknown/github/acme/shop/42';
    expect(found(envelope()).identity).toEqual({ kind: 'unknown', key: unknown, aliases: [unknown] });
  });

  it('weighs more where everybody can read it', () => {
    expect(found(envelope(alert({ publicly_leaked: true })))).toMatchObject({
      id: 'acme/shop/42/public',
      type: 'GitHub:publicly_leaked',
      severity: 9,
      why: 'everybody can read the secret',
    });
  });

  it('is told of no account by a file', () => {
    expect(found(alertEvent())).toMatchObject({ account: null, region: null });
  });
});

describe('github: what is no finding', () => {
  it.each<[string, Json, object]>([
    ['an alert that is closed', alertEvent({ action: 'resolved' }), { outcome: 'ignored' }],
    ['an alert that is resolved', alert({ state: 'resolved' }), { outcome: 'ignored' }],
    ['a secret of somebody else', alert({ secret_type: 'slack_api_token' }), { outcome: 'ignored' }],
    ['an alert without a number', alert({ number: null }), { code: 'FIELD_MISSING' }],
    ['a number that is none', alert({ number: 'x' }), { code: 'FIELD_INVALID' }],
    ['a repository that is none', alertEvent({ repository: { full_name: 'acme' } }), { code: 'FIELD_INVALID' }],
    ['an id that is no key’s', alert({ access_key_id: 'wJalrXUtnFEMI' }), { code: 'FIELD_INVALID' }],
  ])('%s', (_, detail, expected) => {
    expect(read(envelope(detail))).toMatchObject(expected);
  });

  it('an alert without a time', () => {
    expect(read(alert({ created_at: null }))).toMatchObject({ code: 'FIELD_MISSING' });
  });

  it.each([{ account: '12' }, { region: 'mars' }])('an envelope that says %j', (overrides) => {
    expect(read(envelope(alertEvent(), overrides))).toMatchObject({ code: 'FIELD_INVALID' });
  });

  it('what says that it was received and came by a rule', () => {
    const readings = readEvent(JSON.stringify(envelope()), { lists: noLists, byRule: true });
    expect(readings).toMatchObject([{ outcome: 'ignored' }]);
  });
});

describe('github: the source', () => {
  it('recognises its alerts, and no other source does', () => {
    const by = Object.values(registry).filter((source) => source.recognises(fold(alertEvent()).folded));
    expect(by.map(({ name }) => name)).toEqual(['github']);
  });

  it('never throws', () => {
    const odd = fc.oneof(fc.string(), fc.jsonValue(), fc.constantFrom('created', 'open', 'acme/shop'));
    fc.assert(
      fc.property(fc.record({ number: odd, state: odd, access_key_id: odd, created_at: odd }), odd, (each, action) => {
        const reading = read(envelope({ ...alert(each), action }));
        if (reading?.outcome === 'finding') expect(reading.finding.identity.key).toMatch(/^[\x21-\x7e]+$/);
      }),
    );
  });
});
