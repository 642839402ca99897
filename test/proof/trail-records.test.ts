import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trailRecords } from '#core/proof/trail-records';
import { trailRecord } from '../fake-trail.ts';

const read = (value: unknown) => trailRecords(Buffer.from(JSON.stringify(value)));

describe('a file of the trail', () => {
  it('gives each call with its caller, and when the session was issued', () => {
    const context = { attributes: { creationDate: '2026-08-20T09:00:00Z' }, sessionIssuer: { principalId: 'AROA1' } };
    const record = trailRecord('2026-08-20T10:00:00Z', { principalId: 'AROA1:x', sessionContext: context });
    expect(read({ Records: [record] })).toMatchObject([
      {
        name: 'PutItem',
        error: null,
        principalId: 'AROA1:x',
        issuerId: 'AROA1',
        issuedAt: Date.parse('2026-08-20T09:00:00Z'),
      },
    ]);
  });

  it('may hold calls of AWS itself, which have no caller', () => {
    expect(
      read({
        Records: [trailRecord('2026-08-20T10:00:00Z', {}), { eventName: 'x', eventTime: '2026-08-20T10:00:00Z' }],
      }),
    ).toHaveLength(2);
  });

  it('is read whole or not at all, whatever is in it', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.constantFrom('eventTime', 'eventName', 'userIdentity', 'errorCode', 'errorMessage'),
        (value, field) => {
          const odd = { ...trailRecord('2026-08-20T10:00:00Z', {}), [field]: value };
          const calls = read({ Records: [trailRecord('2026-08-20T10:00:00Z', {}), odd] });
          expect(calls === null || calls.length === 2).toBe(true);
          expect(() => read(value)).not.toThrow();
        },
      ),
    );
  });

  it('is none where it is not UTF-8', () => {
    expect(trailRecords(Uint8Array.from([0x7b, 0xff, 0x7d]))).toBeNull();
  });
});
