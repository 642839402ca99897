import { describe, expect, it } from 'vitest';
import type { Finding } from '#core/finding';
import { health } from '#core/sources/health';
import { patternsFor, readEvent } from '#core/sources/read';
import { account, type Json, userKey } from './guardduty-finding.ts';
import { arnOf, eventAbout, eventArn, healthDetail, healthEvent } from './health-event.ts';
import { found, noLists } from './read-finding.ts';

const findings = (event: unknown): Finding[] =>
  readEvent(JSON.stringify(event), { lists: noLists }).flatMap((reading) =>
    reading.outcome === 'finding' ? [reading.finding] : [],
  );
const otherAccount = '444455556666';
const otherKey = 'AKIA9999888877776666';

describe('health: an exposed key', () => {
  it('is a finding about the user whose key it is', () => {
    expect(found(healthEvent())).toMatchObject({
      source: 'health',
      id: `${eventArn}/access-key/${userKey}`,
      type: 'AWS_RISK_CREDENTIALS_EXPOSED',
      signal: 'blocking',
      why: 'AWS has seen the key in a public place',
      severity: 8,
      account,
      region: 'us-east-1',
      observedAt: '2026-08-20T09:30:00.000Z',
      unused: true,
      simulated: false,
      identity: {
        kind: 'iam-user',
        key: `user/${account}/alice`,
        aliases: [`access-key/${userKey}`, `user/${account}/alice`],
        name: 'alice',
      },
      credential: { accessKeyId: userKey },
    });
  });

  it('keeps nothing of what is written for people, nor the place of the leak', () => {
    expect(JSON.stringify(findings(healthEvent()))).not.toMatch(/mallory|example\.com/);
  });

  it('has the same id from both Regions and in each repeat', () => {
    const again = healthEvent(healthDetail({ communicationId: '0a1b2c3d4e5f-2', backupEvent: true }), {
      id: '0e1e2e3e-0000-4000-8000-000000000004',
      region: 'us-west-2',
      time: '2026-08-20T10:00:00Z',
    });
    const [first, second] = [healthEvent(), again].map(found);
    expect(second).toEqual({ ...first, raw: second?.raw });
  });

  it('is a finding for each entity of the event, each with its own id', () => {
    expect(findings(eventAbout([userKey, otherKey, 'UNKNOWN'])).map(({ id, identity }) => [id, identity.key])).toEqual([
      [`${eventArn}/access-key/${userKey}`, `access-key/${userKey}`],
      [`${eventArn}/access-key/${otherKey}`, `access-key/${otherKey}`],
      [`${eventArn}/${account}/UNKNOWN`, `unknown/health/${eventArn}/${account}/UNKNOWN`],
    ]);
  });

  it('is one finding where the event names one entity twice', () => {
    expect(findings(eventAbout([userKey, `IAM_USER/alice/${userKey}`]))).toMatchObject([
      { identity: { key: `user/${account}/alice` } },
    ]);
  });

  it('has another id in each account that the event is about: its ARN is that of all', () => {
    const ids = [account, otherAccount].map((affectedAccount) => found(eventAbout(['a'], { affectedAccount })).id);
    expect(new Set(ids).size).toBe(2);
  });

  it('is simulated where it came over that bus', () => {
    expect(found(healthEvent(healthDetail(), { source: 'rescind.simulated.health' })).simulated).toBe(true);
  });
});

describe('health: the account', () => {
  const unsaid = { eventMetadata: { publicKey: userKey, userName: 'alice' } };
  it.each<[string, Json, string]>([
    ['that the event is about', { affectedAccount: account }, account],
    ['of the metadata where the account has a key id in its place (trap 17)', { affectedAccount: userKey }, account],
    ['of the envelope where the detail tells none', { ...unsaid, affectedAccount: undefined }, otherAccount],
  ])('is the one %s, and not the one that the event was sent to', (_, detail, expected) => {
    const event = healthEvent(healthDetail(detail), { account: otherAccount });
    expect(found(event)).toMatchObject({ account: expected, identity: { key: `user/${expected}/alice` } });
  });
});

describe('health: the times', () => {
  it.each<[string, Json, string]>([
    ['RFC 1123 (trap 17)', { startTime: 'Thu, 20 Aug 2026 09:30:00 GMT' }, '2026-08-20T09:30:00.000Z'],
    [
      'a day of one digit',
      { startTime: null, lastUpdatedTime: 'Thu, 6 Aug 2026 09:30:00 GMT' },
      '2026-08-06T09:30:00.000Z',
    ],
    ['a month that is none', { lastUpdatedTime: 'Thu, 20 Agu 2026 09:31:00 GMT' }, '2026-08-20T09:30:00.000Z'],
    ['that of the update', { lastUpdatedTime: 'Fri, 21 Aug 2026 08:00:00 GMT' }, '2026-08-21T08:00:00.000Z'],
    ['none but the envelope’s', { startTime: null, lastUpdatedTime: 7e20 }, '2026-08-20T09:32:00.000Z'],
  ])('are read: %s', (_, detail, observedAt) => {
    expect(found(healthEvent(healthDetail(detail))).observedAt).toBe(observedAt);
  });
});

describe('health: the types', () => {
  it.each([
    ['AWS_RISK_CREDENTIALS_EXPOSED', 8, 'AWS has seen the key in a public place'],
    ['AWS_RISK_CREDENTIALS_EXPOSURE_SUSPECTED', 6, 'AWS suspects that the key is public'],
    ['AWS_RISK_CREDENTIALS_COMPROMISED', 9, 'AWS says that somebody else holds the credential'],
    ['AWS_RISK_CREDENTIALS_COMPROMISE_SUSPECTED', 7, 'AWS suspects that somebody else holds the credential'],
    ['AWS_RISK_IAM_QUARANTINE', 8, 'AWS has denied the user some calls and left the key to its owner'],
    ['AWS_RISK_ACCOUNT_CONSOLE_COMPROMISE', 9, 'AWS sees an identity at risk: a person decides'],
    ['AWS_RISK_OF_NEXT_YEAR', 5, 'AWS sees an identity at risk: a person decides'],
  ])('%s has the severity %d and is blocking, with a reason', (type, severity, why) => {
    const event = healthEvent(healthDetail({ eventTypeCode: type, eventArn: arnOf(type) }));
    expect(found(event)).toMatchObject({ type, severity, signal: 'blocking', why });
  });

  it('are told from the ARN where the event does not name its own', () => {
    expect(found(healthEvent(healthDetail({ eventTypeCode: undefined }))).type).toBe('AWS_RISK_CREDENTIALS_EXPOSED');
  });
});

describe('health: the rules', () => {
  it('listen to every risk, under the name of the simulated source too', () => {
    expect(patternsFor(health, true)).toEqual([
      {
        source: ['rescind.simulated.health'],
        'detail-type': ['AWS Health Event'],
        detail: { eventTypeCode: [{ prefix: 'AWS_RISK_' }] },
      },
    ]);
  });
});
