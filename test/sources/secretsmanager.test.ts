import { describe, expect, it } from 'vitest';
import * as registry from '#core/sources';
import { fold } from '#core/sources/fold';
import { mayOpen, patternsFor } from '#core/sources/read';
import { secretsmanager } from '#core/sources/secretsmanager';
import { createAccessKey } from './cloudtrail-record.ts';
import { account, type Json } from './guardduty-finding.ts';
import { found, read } from './read-finding.ts';
import { rotationEvent, rotationRecord, secretArn } from './secretsmanager-event.ts';

const recognisedBy = (document: unknown) =>
  Object.values(registry)
    .filter((source) => source.recognises(fold(document).folded))
    .map(({ name }) => name);
const key = `secret/${account}/eu-central-1/prod/db`;
const idOf = (id: unknown, overrides: Json = {}) =>
  rotationEvent(rotationRecord({ additionalEventData: { SecretId: id }, ...overrides }));

describe('secretsmanager: a rotation that failed', () => {
  it('is a finding about the secret, although nobody called (trap 22)', () => {
    expect(found(rotationEvent())).toEqual({
      source: 'secretsmanager',
      id: '66666666-7777-4888-8999-000000000001',
      type: 'RotationFailed',
      signal: 'blocking',
      why: 'the secret keeps a value that was due to be replaced',
      severity: 5,
      account,
      region: 'eu-central-1',
      observedAt: '2026-08-20T09:50:00.000Z',
      simulated: false,
      identity: { kind: 'secret', key, aliases: [key], name: 'prod/db', arn: secretArn },
      credential: {},
      raw: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('keeps nothing of what the rotation function said', () => {
    expect(JSON.stringify(read(rotationEvent()))).not.toContain('hunter2');
  });

  it('has the same id in each delivery, and under the simulated source', () => {
    const again = found(rotationEvent(rotationRecord(), { id: 'x', source: 'rescind.simulated.secretsmanager' }));
    expect(again).toMatchObject({ id: found(rotationEvent()).id, simulated: true });
  });

  it.each<[string, Json, string]>([
    [
      'serviceEventDetails.secretId (trap 22)',
      { additionalEventData: null, serviceEventDetails: { secretId: secretArn } },
      key,
    ],
    ['both places alike', { serviceEventDetails: { secretId: secretArn } }, key],
    [
      'the ARN of a secret that RDS manages',
      { additionalEventData: { SecretId: secretArn.replace('prod/db', 'rds!db-0a1b') } },
      `secret/${account}/eu-central-1/rds!db-0a1b`,
    ],
    ['an ARN without its ending', { additionalEventData: { SecretId: secretArn.replace('-Ab12Cd', '') } }, key],
    ['a name', { additionalEventData: { SecretId: 'prod/db' } }, key],
  ])('finds the secret in %s', (_, overrides, expected) => {
    expect(found(rotationEvent(rotationRecord(overrides))).identity).toMatchObject({ kind: 'secret', key: expected });
  });

  it('has no ARN where the event gives a name alone', () => {
    expect(found(idOf('prod/db')).identity).not.toHaveProperty('arn');
  });

  it.each<[string, Json]>([
    ['two secrets', { serviceEventDetails: { secretId: secretArn.replace('prod', 'test') } }],
    ['another Region than the secret’s', { awsRegion: 'eu-west-1' }],
  ])('is left to a person where the record names %s', (_, overrides) => {
    const unknown = 'unknown/secretsmanager/66666666-7777-4888-8999-000000000001';
    expect(found(rotationEvent(rotationRecord(overrides))).identity).toEqual({
      kind: 'unknown',
      key: unknown,
      aliases: [unknown],
    });
  });
});

describe('secretsmanager: the types', () => {
  it.each([
    ['RotationFailed', 'blocking', 5],
    ['RotationAbandoned', 'advisory', 3],
    ['TestRotationFailed', 'advisory', 3],
  ])('%s is %s', (type, signal, severity) => {
    const finding = found(rotationEvent(rotationRecord({ eventName: type })));
    expect(finding).toMatchObject({ type, signal, severity });
    expect(mayOpen(finding)).toBe(true);
  });
});

describe('secretsmanager: what is ignored', () => {
  it.each(['RotationStarted', 'RotationSucceeded', 'TestRotationSucceeded', 'StartSecretVersionDelete', 'constructor'])(
    '%s',
    (eventName) => {
      expect(read(rotationEvent(rotationRecord({ eventName })))).toEqual({
        outcome: 'ignored',
        reason: `no rotation has failed (this is ${eventName})`,
      });
    },
  );

  it.each<[string, Json, string]>([
    ['a name that would speak to people', { eventName: 'Rotation\nFailed' }, 'no rotation has failed'],
    ['an event of another service', { eventSource: 'kms.amazonaws.com' }, 'not an event of Secrets Manager'],
  ])('%s', (_, overrides, reason) => {
    expect(read(rotationEvent(rotationRecord(overrides)))).toEqual({ outcome: 'ignored', reason });
  });
});

describe('secretsmanager: what is rejected', () => {
  it.each<[string, Json, object]>([
    ['no id', rotationEvent(rotationRecord({ eventID: null })), { code: 'FIELD_MISSING' }],
    [
      'an id that would break a key of the register',
      rotationEvent(rotationRecord({ eventID: 'a#b' })),
      { code: 'FIELD_INVALID' },
    ],
    ['no secret', idOf(''), { code: 'FIELD_MISSING' }],
    ['a secret that is an object', idOf({ a: 1 }), { code: 'FIELD_INVALID' }],
    ['an ARN with a wildcard', idOf(secretArn.replace('prod', '*')), { code: 'FIELD_INVALID' }],
    ['a template for the secret', idOf('<SecretId>'), { code: 'FIELD_INVALID' }],
    [
      'a second secret that is none',
      idOf(secretArn, { serviceEventDetails: { secretId: 7 } }),
      { code: 'FIELD_INVALID' },
    ],
    [
      'an account of nine digits',
      rotationEvent(rotationRecord({ recipientAccountId: '123456789' })),
      { code: 'FIELD_INVALID' },
    ],
    [
      'no account',
      rotationEvent(
        rotationRecord({ recipientAccountId: null, userIdentity: null, additionalEventData: { SecretId: 'prod/db' } }),
        { account: '' },
      ),
      { code: 'FIELD_MISSING' },
    ],
    ['a secret of another account', idOf(secretArn.replace(account, '444455556666')), { code: 'ACCOUNT_CLASH' }],
    [
      'an envelope of another account',
      rotationEvent(rotationRecord(), { account: '444455556666' }),
      { code: 'ACCOUNT_CLASH' },
    ],
    [
      'no Region',
      rotationEvent(rotationRecord({ awsRegion: null, additionalEventData: { SecretId: 'prod/db' } }), {
        region: null,
      }),
      { code: 'FIELD_MISSING' },
    ],
    ['a Region that is none', rotationEvent(rotationRecord({ awsRegion: 'moon' })), { code: 'FIELD_INVALID' }],
    ['no time', rotationEvent(rotationRecord({ eventTime: 'soon' }), { time: 0.5e30 }), { code: 'FIELD_MISSING' }],
  ])('%s', (_, event, expected) => {
    expect(read(event)).toMatchObject({ outcome: 'rejected', ...expected });
  });
});

describe('secretsmanager: what is its own', () => {
  it.each(['RotationStarted', 'RotationSucceeded', 'RotationFailed', 'RotationAbandoned', 'TestRotationFailed'])(
    'is the bare record of %s, and of no other source',
    (eventName) => {
      expect(recognisedBy(rotationRecord({ eventName }))).toEqual(['secretsmanager']);
    },
  );

  it('is read from a bare record as from its envelope', () => {
    expect(found(rotationRecord())).toEqual({ ...found(rotationEvent()), raw: expect.any(String) });
  });

  it.each<[string, Json]>([
    ['a call to Secrets Manager', rotationRecord({ eventName: 'GetSecretValue' })],
    ['a rotation of another service', rotationRecord({ eventSource: 'kms.amazonaws.com' })],
    ['a new key', createAccessKey()],
  ])('is not %s, which CloudTrail’s source reads', (_, record) => {
    expect(recognisedBy(record)).toEqual(['cloudtrail']);
  });

  it('is what the service does, and no call', () => {
    expect(patternsFor(secretsmanager, false)).toEqual([
      {
        source: ['aws.secretsmanager'],
        'detail-type': ['AWS Service Event via CloudTrail'],
        detail: {
          eventSource: ['secretsmanager.amazonaws.com'],
          eventName: ['RotationFailed', 'RotationAbandoned', 'TestRotationFailed'],
        },
      },
    ]);
  });
});
