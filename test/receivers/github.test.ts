import { describe, expect, it } from 'vitest';
import { hmac } from '#adapters/tokens';
import { github } from '#core/receivers/github';
import { parseSettings } from '#core/settings';
import { alertEvent } from '../sources/github-event.ts';
import { type Json, userKey } from '../sources/guardduty-finding.ts';

const secretArn = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:rescind/github-Ab12Cd';
const settings = parseSettings({ github: { secretArn } });
const asked: string[] = [];
const ports = {
  settings,
  now: () => new Date(0),
  hmac,
  verify: async () => 'malformed' as const,
  secret: async (arn: string, _isDoubted?: boolean) => {
    asked.push(arn);
    return 'shared';
  },
};
async function push(body: string, overrides: Record<string, string | undefined> = {}, given = ports) {
  const bytes = new TextEncoder().encode(body);
  const headers = {
    'x-github-event': 'secret_scanning_alert',
    'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
    'x-hub-signature-256': `sha256=${await hmac('shared', bytes)}`,
    ...overrides,
  };
  return github.receive({ method: 'POST', headers, body: bytes }, given);
}
const text = (overrides: Json = {}) => JSON.stringify(alertEvent(overrides));

describe('the receiver of GitHub’s webhooks', () => {
  it('is off unless the settings name the secret that signs them', () => {
    expect([github.isOn(settings), github.isOn(parseSettings({}))]).toEqual([true, false]);
  });

  it('takes an alert that is signed by the secret of the settings', async () => {
    expect(await push(text())).toMatchObject({
      outcome: 'accepted',
      id: '72d3162e-cc78-11e3-81ab-4c9367dc0958',
      detailType: 'secret_scanning_alert',
      answer: { status: 202 },
    });
    expect(asked.at(-1)).toBe(secretArn);
  });

  it('takes an alert that the next value of the secret signs, while the one before is remembered', async () => {
    const secret = async (_: string, isDoubted?: boolean) => (isDoubted ? 'shared' : 'the one before');
    expect(await push(text(), {}, { ...ports, secret })).toMatchObject({ outcome: 'accepted' });
  });

  it('drops what has leaked, and who has pushed it', async () => {
    const { secret_type: _, ...told } = alertEvent().alert as Json;
    const body = text({ alert: { ...told, secret_type: 'aws_secret_access_key', secret: 'wJalrXUtnFEMI/K7MDENG' } });
    const taken = JSON.stringify(await push(body));
    expect(taken).not.toMatch(/wJalr|octocat/);
  });

  it('keeps the id of a key, which is no secret', async () => {
    const body = text({ alert: { ...(alertEvent().alert as Json), secret: userKey } });
    expect(await push(body)).toMatchObject({ detail: { alert: { access_key_id: userKey } } });
  });

  it('answers the ping of a new webhook, and sends nothing on', async () => {
    expect(await push('{"zen":"x"}', { 'x-github-event': 'ping' })).toMatchObject({
      outcome: 'refused',
      answer: { status: 200 },
    });
  });

  it.each<[string, number, string, Record<string, string | undefined>]>([
    ['without a signature', 401, text(), { 'x-hub-signature-256': undefined }],
    ['with the older signature alone', 401, text(), { 'x-hub-signature-256': undefined, 'x-hub-signature': 'sha1=00' }],
    ['with a wrong signature', 401, text(), { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` }],
    ['with a short signature', 401, text(), { 'x-hub-signature-256': 'sha256=00' }],
    ['without an id of the delivery', 400, text(), { 'x-github-delivery': undefined }],
    ['of another event', 400, text(), { 'x-github-event': 'push' }],
    ['that is a form', 400, 'payload=%7B%7D', {}],
    ['without an alert', 400, '{}', {}],
    ['that is a list', 400, '[]', {}],
  ])('refuses a request %s with %s', async (_, status, body, headers) => {
    expect(await push(body, headers)).toMatchObject({ outcome: 'refused', answer: { status } });
  });

  it('refuses a body that was changed after it was signed', async () => {
    const signature = `sha256=${await hmac('shared', new TextEncoder().encode(text()))}`;
    expect(await push(`${text()} `, { 'x-hub-signature-256': signature })).toMatchObject({ answer: { status: 401 } });
  });
});
