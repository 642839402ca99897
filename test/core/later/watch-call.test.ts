import { describe, expect, it } from 'vitest';
import { type Watched, watchCall } from '#core/later/watch-call';
import { respond, type Seeded, seed } from '../../seed.ts';
import { createAccessKey, sessionOf, trailEnvelope } from '../../sources/cloudtrail-record.ts';
import type { Json } from '../../sources/guardduty-finding.ts';

const role = 'rescind-eu-central-1-contain';
/** What CloudTrail tells of a change by our role contain. */
const told = (overrides: Json) =>
  JSON.stringify(trailEnvelope(createAccessKey({ userIdentity: sessionOf(role), ...overrides })));
const watch = (made: Seeded, overrides: Json): Promise<Watched> => watchCall(told(overrides), made);

/** A case that has cut, with the calls that its records tell. */
async function cut() {
  const made = seed();
  const { found } = await respond(made);
  const calls = made
    .recordsOf(found.id)
    .flatMap(({ predicate }) => predicate.calls.map((call) => ({ ...call, record: predicate.number })));
  const by = (operation: string) => {
    const call = calls.find((each) => each.operation === operation);
    if (!call) throw new Error(`no record tells of ${operation}`);
    return call;
  };
  return { made, found, calls, by };
}

describe('a change by a role of ours', () => {
  it('is accounted for by the record that tells of it, whichever step made it', async () => {
    const { made, found, calls } = await cut();
    const changes = calls.filter(({ operation }) => /^iam:(Update|Put|Create|Delete)/.test(operation));
    expect(changes.length).toBeGreaterThanOrEqual(3);
    for (const { operation, requestId, record } of changes)
      expect(await watch(made, { eventName: operation.replace('iam:', ''), requestID: requestId })).toEqual({
        outcome: 'accounted',
        caseId: found.id,
        record,
      });
  });

  it('that no record tells of is named with the role, the session, the key and where it came from', async () => {
    const { made } = await cut();
    const watched = await watch(made, { eventName: 'DeleteUserPolicy', requestID: 'somebody-else' });
    expect(watched).toEqual({
      outcome: 'unaccounted',
      call: {
        operation: 'iam:DeleteUserPolicy',
        requestId: 'somebody-else',
        at: '2026-08-20T09:50:00Z',
        role: `arn:aws:iam::111122223333:role/${role}`,
        session: `arn:aws:sts::111122223333:assumed-role/${role}/session`,
        accessKeyId: 'ASIA5555666677778888',
        from: '203.0.113.7',
      },
    });
  });

  it('is not accounted for by a record that tells of another call with that id', async () => {
    const { made, by } = await cut();
    const { requestId } = by('iam:UpdateAccessKey');
    expect((await watch(made, { eventName: 'DeleteAccessKey', requestID: requestId })).outcome).toBe('unaccounted');
  });

  it.each<[string, (made: Seeded, caseId: string) => Promise<void>]>([
    ['that tells of no such call', (made, caseId) => made.register.accountFor(caseId, 1, ['forged'])],
    ['that does not exist', (made, caseId) => made.register.accountFor(caseId, 999, ['forged'])],
    ['of no case', (made) => made.register.accountFor('../raw/x', 1, ['forged'])],
  ])('is not accounted for by a row of the register that names a record %s', async (_, forge) => {
    const { made, found } = await cut();
    await forge(made, found.id);
    expect((await watch(made, { eventName: 'UpdateAccessKey', requestID: 'forged' })).outcome).toBe('unaccounted');
  });

  it("that only reads is nobody's concern", async () => {
    const { made } = await cut();
    expect(await watch(made, { eventName: 'GetUser', readOnly: true })).toEqual({ outcome: 'reads-only' });
  });

  it('is not taken for accounted by a record that our key has not signed', async () => {
    const { made, calls } = await cut();
    const [call] = calls.filter(({ operation }) => operation === 'iam:UpdateAccessKey');
    const signer = { ...made.signer, verify: async () => false };
    const body = told({ eventName: 'UpdateAccessKey', requestID: call?.requestId });
    await expect(watchCall(body, { ...made, signer })).rejects.toMatchObject({ code: 'RECORD_FORGED' });
  });

  it.each<[string, string]>([
    ['no JSON', 'x'],
    ['no envelope', '{}'],
    ['a hostile name', told({ eventName: 'a\nb' })],
    ['no request id', told({ requestID: null })],
    ['no role', told({ userIdentity: { type: 'Root' } })],
  ])('is not let pass where it cannot be read: %s', async (_, body) => {
    const { made } = await cut();
    await expect(watchCall(body, made)).rejects.toThrow();
  });
});
