import { describe, expect, it } from 'vitest';
import { submission } from '#core/intake/submit';
import { account, guarddutyFinding, type Json, userId, userKey } from '../../sources/guardduty-finding.ts';
import { leaked, result, unverified } from '../../sources/trufflehog-result.ts';

const around = { account: '444455556666', region: 'eu-central-1', now: new Date('2026-08-20T09:31:00Z') };
const submit = (line: unknown) =>
  submission(Buffer.from(typeof line === 'string' ? line : JSON.stringify(line)), around);
function passed(line: Json): Json {
  const submitted = submit(line);
  if (submitted.outcome !== 'submitted') throw new Error(JSON.stringify(submitted));
  return JSON.parse(submitted.event);
}

describe('a line of a scanner that a person hands over', () => {
  it('becomes an event of the deployment, with what the source lets pass and nothing else', () => {
    expect(passed(result())).toEqual({
      version: '0',
      source: 'rescind.received.trufflehog',
      'detail-type': 'TruffleHog Result',
      account: '444455556666',
      region: 'eu-central-1',
      time: '2026-08-20T09:31:00.000Z',
      detail: {
        DetectorName: 'AWS',
        Verified: true,
        Redacted: userKey,
        ExtraData: { account, arn: `arn:aws:iam::${account}:user/team/alice`, user_id: userId },
        SourceMetadata: {
          Data: {
            git: {
              repository: 'https://git.example.com/acme/shop',
              commit: '0123456789abcdef0123456789abcdef01234567',
              file: 'config/deploy.env',
              line: 4,
            },
          },
        },
      },
    });
  });

  it('tells that a key could not be tried, and not why', () => {
    const event = JSON.stringify(passed(unverified({ VerificationError: `refused ${leaked}` })));
    expect(event).toContain('"VerificationError":true');
    expect(event).not.toContain(leaked);
  });

  it('is of the account of its key, and of that of the deployment where it tells of none', () => {
    const accounts = [result(), unverified({ ExtraData: null })].map((line) => {
      const submitted = submit(line);
      return submitted.outcome === 'submitted' ? submitted.finding.account : null;
    });
    expect(accounts).toEqual([account, '444455556666']);
  });

  it.each<[string, unknown, object]>([
    ['a secret of another kind', result({ DetectorName: 'Slack' }), { outcome: 'ignored' }],
    ['a line that is cut off', JSON.stringify(result()).slice(0, -20), { outcome: 'rejected', code: 'NOT_JSON' }],
    ['a finding that a rule brings', guarddutyFinding(), { outcome: 'rejected', code: 'NOT_BY_HAND' }],
    [
      'an event that says it was simulated',
      { source: 'rescind.simulated.received.trufflehog', 'detail-type': 'TruffleHog Result', detail: result() },
      { outcome: 'rejected', code: 'NOT_BY_HAND' },
    ],
    ['an event of our own', passed(result()), { outcome: 'rejected', code: 'NOT_BY_HAND' }],
  ])('goes nowhere where it is %s', (_, line, expected) => {
    const submitted = submit(line);
    expect(submitted).toMatchObject(expected);
    expect(JSON.stringify(submitted)).not.toContain(leaked);
  });
});
