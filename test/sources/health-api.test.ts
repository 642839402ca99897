import { describe, expect, it } from 'vitest';
import * as registry from '#core/sources';
import { fold } from '#core/sources/fold';
import { health } from '#core/sources/health';
import { readEvent } from '#core/sources/read';
import { account, guarddutyFinding, userKey } from './guardduty-finding.ts';
import { apiEntity, apiEvent, healthDetail } from './health-event.ts';
import { noLists } from './read-finding.ts';

const readAll = (document: unknown) => readEvent(JSON.stringify(document), { lists: noLists });
const folded = (document: unknown) => fold(document).folded;
const otherKey = 'AKIA9999888877776666';

describe('health: answers of its API', () => {
  const details = { event: apiEvent, eventDescription: { latestDescription: 'x' } };
  const metadata = { accountId: account, publicKey: userKey, userName: 'alice' };
  it.each<[string, unknown, object[]]>([
    ['an affected entity', apiEntity(), [{ finding: { account, identity: { key: `access-key/${userKey}` } } }]],
    [
      'the answer around entities',
      { entities: [apiEntity(), apiEntity({ entityValue: otherKey })] },
      [{ outcome: 'finding' }, { outcome: 'finding' }],
    ],
    [
      'the details of an event with its metadata',
      { ...details, eventMetadata: metadata },
      [{ finding: { identity: { key: `user/${account}/alice` }, observedAt: '2026-08-20T09:31:00.250Z' } }],
    ],
    [
      'details of an organisation',
      { successfulSet: [{ ...details, awsAccountId: account, eventMetadata: { publicKey: userKey } }], failedSet: [] },
      [{ finding: { account } }],
    ],
    ['an event without details', apiEvent, [{ outcome: 'ignored' }]],
    [
      'the answer around events',
      { events: [apiEvent, { ...apiEvent, statusCode: 'closed' }] },
      [{ outcome: 'ignored' }, { outcome: 'ignored' }],
    ],
    ['details of nobody', { ...details, awsAccountId: account }, [{ outcome: 'ignored' }]],
    ['details of no account', { ...details, eventMetadata: { publicKey: userKey } }, [{ outcome: 'ignored' }]],
    ['an entity that is resolved', apiEntity({ statusCode: 'RESOLVED' }), [{ outcome: 'ignored' }]],
    [
      'an entity whose event is of an older form',
      apiEntity({ eventArn: 'arn:aws:health:us-east-1::event/AWS_RISK_CREDENTIALS_EXPOSED_148' }),
      [{ outcome: 'ignored', reason: 'does not tell the type of its event' }],
    ],
  ])('%s', (_, document, expected) => {
    expect(readAll(document)).toMatchObject(expected);
  });

  it('are of no other source, and those of other sources are not of this one', () => {
    const sources = Object.values(registry);
    for (const document of [apiEvent, details, apiEntity(), healthDetail()].map(folded))
      expect(sources.filter((source) => source.recognises(document)).map(({ name }) => name)).toEqual(['health']);
    expect(health.recognises(folded(guarddutyFinding()))).toBe(false);
  });
});
