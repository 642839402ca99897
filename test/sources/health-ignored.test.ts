import { describe, expect, it } from 'vitest';
import type { Finding, Reading } from '#core/finding';
import { readEvent } from '#core/sources/read';
import { type Json, userKey } from './guardduty-finding.ts';
import { eventAbout, eventArn, healthDetail, healthEvent } from './health-event.ts';
import { found, noLists, read } from './read-finding.ts';

const readAll = (event: unknown): Reading[] => readEvent(JSON.stringify(event), { lists: noLists });
const findings = (event: unknown): Finding[] =>
  readAll(event).flatMap((reading) => (reading.outcome === 'finding' ? [reading.finding] : []));
const otherAccount = '444455556666';
const otherKey = 'AKIA9999888877776666';

describe('health: what is ignored', () => {
  const ec2 = { eventTypeCode: 'AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED', service: 'EC2' };
  it.each<[string, Json, string]>([
    [
      'an event about an instance',
      healthEvent(healthDetail(ec2)),
      'no credential is at risk (this is AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED)',
    ],
    [
      'an operational issue of IAM',
      healthEvent(healthDetail({ eventTypeCode: 'AWS_IAM_OPERATIONAL_ISSUE', service: 'IAM' })),
      'no credential is at risk (this is AWS_IAM_OPERATIONAL_ISSUE)',
    ],
    [
      'an event that is closed',
      healthEvent(healthDetail({ statusCode: 'closed' })),
      'closed in AWS Health: somebody has dealt with it',
    ],
    [
      'an event whose entities are all resolved',
      healthEvent(healthDetail({ affectedEntities: [{ entityValue: userKey, status: 'RESOLVED' }] })),
      'AWS Health counts what it names as resolved',
    ],
    ['a public event', eventAbout([], { eventScopeCode: 'PUBLIC' }), 'a public event: about no account of ours'],
    [
      'an unknown risk of what is no identity',
      eventAbout(['i-0123456789abcdef0'], { eventTypeCode: 'AWS_RISK_OF_NEXT_YEAR' }),
      'names no AWS identity (this is AWS_RISK_OF_NEXT_YEAR)',
    ],
    [
      'a report of abuse',
      healthEvent(healthDetail(), { 'detail-type': 'AWS Health Abuse Event' }),
      'no source here reads this kind of event (source aws.health)',
    ],
  ])('%s', (_, event, reason) => {
    expect(readAll(event)).toEqual([{ outcome: 'ignored', reason }]);
  });

  it('is the one of two entities that is resolved', () => {
    const affectedEntities = [{ entityValue: userKey, status: 'RESOLVED' }, { entityValue: otherKey }];
    expect(findings(healthEvent(healthDetail({ affectedEntities, eventMetadata: {} })))).toMatchObject([
      { credential: { accessKeyId: otherKey } },
    ]);
  });

  it('is not a public event that names a key all the same', () => {
    expect(read(healthEvent(healthDetail({ eventScopeCode: 'PUBLIC' }))).outcome).toBe('finding');
  });
});

describe('health: what is rejected', () => {
  it.each<[string, Json, Json, object]>([
    [
      'no type',
      { eventTypeCode: '', eventArn: 'arn:aws:health:us-east-1::event/AWS_RISK_1' },
      {},
      { code: 'FIELD_MISSING' },
    ],
    ['a type that is none', { eventTypeCode: { a: 1 } }, {}, { code: 'FIELD_INVALID' }],
    ['no account', { affectedAccount: '', eventMetadata: null }, { account: null }, { code: 'FIELD_MISSING' }],
    ['an account of nine digits', { affectedAccount: '123456789' }, {}, { code: 'FIELD_INVALID' }],
    ['an account that is a number', { affectedAccount: 111122223333 }, {}, { code: 'FIELD_INVALID' }],
    ['a placeholder for the account', { affectedAccount: '<ACCOUNT_ID>' }, {}, { code: 'FIELD_INVALID' }],
    ['an envelope of no account', {}, { account: '1234' }, { code: 'FIELD_INVALID' }],
    ['two accounts that it is about', { affectedAccount: otherAccount }, {}, { code: 'ACCOUNT_CLASH' }],
    ['no ARN', { eventArn: null }, {}, { code: 'FIELD_MISSING' }],
    ['an ARN of another service', { eventArn: 'arn:aws:iam::111122223333:user/x' }, {}, { code: 'FIELD_INVALID' }],
    ['an ARN that would break a key of the register', { eventArn: `${eventArn}#x` }, {}, { code: 'FIELD_INVALID' }],
    ['an endless ARN', { eventArn: eventArn + 'x'.repeat(600) }, {}, { code: 'FIELD_INVALID' }],
    ['a Region that is none', { eventRegion: 'moon' }, {}, { code: 'FIELD_INVALID' }],
    ['no time', { startTime: 'soon', lastUpdatedTime: null }, { time: null }, { code: 'FIELD_MISSING' }],
  ])('%s', (_, detail, around, expected) => {
    expect(readAll(healthEvent(healthDetail(detail), around))).toEqual([
      expect.objectContaining({ outcome: 'rejected', ...expected }),
    ]);
  });

  it('has no Region where the event is global', () => {
    expect(found(healthEvent(healthDetail({ eventRegion: 'global' }))).region).toBeNull();
  });
});
