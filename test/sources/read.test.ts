import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256 } from '#core/digest';
import { guardduty } from '#core/sources/guardduty';
import { patternsFor, readEvent } from '#core/sources/read';
import { createAccessKey, served, trailEnvelope } from './cloudtrail-record.ts';
import { account, envelope, guarddutyFinding } from './guardduty-finding.ts';
import { noLists } from './read-finding.ts';

const options = { lists: noLists };
const read = (bytes: Uint8Array | string) => readEvent(bytes, options)[0];

/** A genuine record of CloudTrail but for one member that nobody reads. */
const deepRecord = (levels: number): string =>
  JSON.stringify(trailEnvelope(createAccessKey({ additionalEventData: 'X' }))).replace(
    '"X"',
    '['.repeat(levels) + ']'.repeat(levels),
  );

describe('readEvent', () => {
  it('hashes the bytes as received, blanks included', () => {
    const text = `${JSON.stringify(envelope(), null, 2)}\n`;
    expect(read(text)).toMatchObject({ outcome: 'finding', finding: { raw: sha256(text) } });
    expect(read(new TextEncoder().encode(text))).toEqual(read(text));
  });

  it('marks as simulated whatever came by the simulation bus', () => {
    const [reading] = readEvent(JSON.stringify(guarddutyFinding()), { ...options, simulated: true });
    expect(reading).toMatchObject({ finding: { simulated: true } });
  });

  it('cannot be talked out of the simulation by the event', () => {
    const event = JSON.stringify(
      envelope(guarddutyFinding({ simulated: false }), { source: 'rescind.simulated.guardduty' }),
    );
    expect(readEvent(event, { ...options, simulated: false })[0]).toMatchObject({ finding: { simulated: true } });
  });

  it.each<[string, unknown]>([
    ['detail-type', envelope(guarddutyFinding(), { 'detail-type': undefined })],
    ['source', envelope(guarddutyFinding(), { source: undefined })],
    ['detail-type and source', { detail: guarddutyFinding(), account }],
  ])('reads an envelope from a file that lacks its %s (trap 7)', (_, event) => {
    expect(read(JSON.stringify(event))?.outcome).toBe('finding');
  });

  it.each<[string, unknown]>([
    [
      'another service',
      envelope({ eventName: 'CreateUser' }, { source: 'aws.iam', 'detail-type': 'AWS API Call via CloudTrail' }),
    ],
    [
      'another event of a service that is read',
      envelope(guarddutyFinding(), { 'detail-type': 'GuardDuty Malware Scan' }),
    ],
    ['somebody who only writes our detail-type (trap 20)', envelope(guarddutyFinding(), { source: 'custom.example' })],
    ['a lookalike of the simulation', envelope(guarddutyFinding(), { source: 'rescind.simulated.' })],
    ['a bare CloudTrail record', { eventVersion: '1.08', eventName: 'CreateUser', userIdentity: { type: 'Root' } }],
    [
      'a record with two casings of one key, which CloudTrail has',
      { eventName: 'x', requestParameters: { tagging: [''], Tagging: {} } },
    ],
    ['a Security Hub finding', { SchemaVersion: '2018-10-08', Id: 'x', Types: ['a'], Resources: [] }],
  ])('ignores %s', (_, event) => {
    expect(read(JSON.stringify(event))).toMatchObject({
      outcome: 'ignored',
      reason: expect.stringMatching(/^[^\n]+$/),
    });
  });

  it('does not repeat a hostile source name', () => {
    const reading = read(JSON.stringify(envelope({}, { source: 'x\u001b[2J', 'detail-type': 'y' })));
    expect(reading).toEqual({ outcome: 'ignored', reason: 'no source here reads this kind of event' });
  });

  it.each<[string, string | Uint8Array, string]>([
    ['nothing', '', 'NOT_JSON'],
    ['words', 'hello', 'NOT_JSON'],
    ['invalid UTF-8', Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d), 'NOT_JSON'],
    ['half an event', JSON.stringify(envelope()).slice(0, -1), 'NOT_JSON'],
    ['a number', '7', 'NOT_AN_EVENT'],
    ['a string', '"x"', 'NOT_AN_EVENT'],
    ['null', 'null', 'NOT_AN_EVENT'],
    ['an array', '[{}]', 'NOT_AN_EVENT'],
    ['an empty object', '{}', 'NOT_AN_EVENT'],
    ['deep nesting', `${'['.repeat(50_000)}${']'.repeat(50_000)}`, 'NOT_AN_EVENT'],
    [
      'an event with deep nesting',
      JSON.stringify(guarddutyFinding({ x: JSON.parse('['.repeat(99) + ']'.repeat(99)) })),
      'TOO_LARGE',
    ],
    ['deep nesting where its source does not read', deepRecord(5_000), 'TOO_LARGE'],
    ['very deep nesting where its source does not read', deepRecord(100_000), 'TOO_LARGE'],
    ['more than 1 MiB', `"${'x'.repeat(1024 * 1024)}"`, 'TOO_LARGE'],
    ['one account in two casings', JSON.stringify(guarddutyFinding({ AccountId: '999988887777' })), 'AMBIGUOUS'],
    ['one key twice', JSON.stringify(guarddutyFinding()).replace('{', '{"accountId":"999988887777",'), 'AMBIGUOUS'],
    [
      'the name of a call twice, where the one that counts is not read',
      JSON.stringify(served('ec2:DescribeInstances')).replace('{', '{"eventName":"StopLogging",'),
      'AMBIGUOUS',
    ],
    [
      'the name of a call in two casings',
      JSON.stringify({ ...served('ec2:DescribeInstances'), EventName: 'StopLogging' }),
      'AMBIGUOUS',
    ],
    [
      'one key twice, once with an escape',
      JSON.stringify(served('ec2:DescribeInstances')).replace('{', '{"event\\u004eame":"StopLogging",'),
      'AMBIGUOUS',
    ],
    ['a detail that is text', JSON.stringify(envelope('x')), 'FIELD_MISSING'],
  ])('rejects %s', (_, bytes, code) => {
    expect(read(bytes)).toMatchObject({
      outcome: 'rejected',
      code,
      message: expect.stringMatching(/^[^\n]+: [^\n]+$/),
    });
  });

  it('reads an event of 1 MiB, however long its strings', () => {
    const long = guarddutyFinding({ description: '\\":'.repeat(170_000) });
    expect(read(JSON.stringify(long))?.outcome).toBe('finding');
  });

  it('sees a key that stands twice, whatever stands around it', () => {
    const texts = fc.oneof(fc.string(), fc.constantFrom('":', '\\', '\\":', '{"', 'é"'));
    const around = fc.dictionary(texts, fc.oneof(texts, fc.jsonValue()));
    fc.assert(
      fc.property(around, around, fc.constantFrom('', ' '), (before, after, blank) => {
        const requestParameters = { userName: 'alice', x: [before, { twice: 0 }, after] };
        const once = JSON.stringify(createAccessKey({ requestParameters }), null, blank);
        const twice = once.replace(/"twice": ?0/, '$&,$&');
        expect(read(once)?.outcome).toBe('finding');
        expect(read(twice)).toMatchObject({ outcome: 'rejected', code: 'AMBIGUOUS' });
      }),
    );
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(readEvent(bytes, options)).toHaveLength(1);
      }),
    );
  });

  it('never throws, whatever the JSON, bare or in place of any part of a finding', () => {
    const parts = fc.constantFrom(
      'type',
      'resource',
      'service',
      'severity',
      'id',
      'accountId',
      'region',
      'updatedAt',
      'title',
    );
    fc.assert(
      fc.property(parts, fc.jsonValue(), (part, value) => {
        for (const event of [
          value,
          { [part]: value },
          guarddutyFinding({ [part]: value }),
          envelope(value),
          envelope({ [part]: value }),
        ]) {
          for (const reading of readEvent(JSON.stringify(event), options)) {
            expect(['finding', 'ignored', 'rejected']).toContain(reading.outcome);
          }
        }
      }),
    );
  });
});

describe('patternsFor', () => {
  it('gives the pattern that the source declares', () => {
    expect(patternsFor(guardduty, false)).toEqual([
      { source: ['aws.guardduty'], 'detail-type': ['GuardDuty Finding'] },
    ]);
  });

  it('derives the pattern of the simulation bus, where nobody can send as aws', () => {
    expect(patternsFor(guardduty, true)).toEqual([
      { source: ['rescind.simulated.guardduty'], 'detail-type': ['GuardDuty Finding'] },
    ]);
  });
});
