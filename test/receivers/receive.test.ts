import { describe, expect, it } from 'vitest';
import { hmac, verifyToken } from '#adapters/tokens';
import { isAnyOn, receive } from '#core/receivers/receive';
import { parseSettings } from '#core/settings';
import { claims, transmitter } from './tokens.ts';

const ours = await transmitter();
const settings = parseSettings({ identityProviders: { ssf: [ours.setting] } });

function door(fails: 'send' | 'remember' | null = null) {
  const sent: string[] = [];
  const seen = new Set<string>();
  let left = fails === null ? 0 : 1;
  const trip = (what: string) => {
    if (what === fails && left > 0) {
      left -= 1;
      throw new Error(what);
    }
  };
  const push = async (token: string, { path = '/ssf', method = 'POST' } = {}) =>
    receive(
      path,
      { method, headers: { 'content-type': 'application/secevent+jwt' }, body: new TextEncoder().encode(token) },
      {
        ...{ settings, hmac, account: '111122223333', region: 'eu-central-1' },
        now: () => new Date(1_787_218_260_000),
        verify: verifyToken,
        secret: async () => '',
        send: async (event) => {
          trip('send');
          sent.push(event);
        },
        isSeen: async (name, id) => seen.has(`${name} ${id}`),
        remember: async (name, id) => {
          trip('remember');
          seen.add(`${name} ${id}`);
        },
      },
    );
  return { sent, push };
}

describe('a request to the receiver', () => {
  it('becomes an event on the queue, of this account and Region', async () => {
    const { sent, push } = door();
    const token = await ours.token();
    expect(await push(token)).toEqual({ outcome: 'accepted', answer: { status: 202 }, receiver: 'ssf' });
    expect(sent.map((event) => JSON.parse(event))).toEqual([
      {
        version: '0',
        source: 'rescind.received.ssf',
        'detail-type': 'Security Event Token',
        account: '111122223333',
        region: 'eu-central-1',
        time: '2026-08-20T09:31:00.000Z',
        detail: { token },
      },
    ]);
  });

  it('that comes again is answered the same, and sends nothing', async () => {
    const { sent, push } = door();
    const answers = [await push(await ours.token()), await push(await ours.token())];
    expect(answers.map(({ outcome, answer }) => [outcome, answer.status])).toEqual([
      ['accepted', 202],
      ['repeated', 202],
    ]);
    expect(sent).toHaveLength(1);
  });

  it.each([
    ['send', 1],
    ['remember', 2],
  ] as const)('is not lost where %s fails: it is pushed again', async (fails, times) => {
    const { sent, push } = door(fails);
    const token = await ours.token();
    await expect(push(token)).rejects.toThrow(fails);
    expect((await push(token)).outcome).toBe('accepted');
    expect(sent).toHaveLength(times);
  });

  it('of two tokens with one id is one by its issuer, and another by another', async () => {
    const { sent, push } = door();
    await push(await ours.token(claims()));
    await push(await ours.token(claims({ jti: 'other' })));
    expect(sent).toHaveLength(2);
  });

  it.each<[string, number, Parameters<ReturnType<typeof door>['push']>[1], string?]>([
    ['to a path that is none', 404, { path: '/nothing' }],
    ['to a receiver that is off', 404, { path: '/github' }],
    ['to a name that objects have', 404, { path: '/constructor' }],
    ['that is no POST', 405, { method: 'GET' }],
    ['of more than 200 KiB', 413, {}, 'x'.repeat(200 * 1024 + 1)],
    ['that is not believed', 400, {}, 'junk'],
  ])('%s gets %s, and sends nothing', async (_, status, options, body) => {
    const { sent, push } = door();
    expect(await push(body ?? (await ours.token()), options)).toMatchObject({ outcome: 'refused', answer: { status } });
    expect(sent).toEqual([]);
  });
});

describe('the receiver', () => {
  it('is deployed only where the settings name somebody who may push', () => {
    expect([isAnyOn(settings), isAnyOn(parseSettings({}))]).toEqual([true, false]);
  });
});
