import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '#core/sources/fold';
import { placeIn } from '#core/sources/trufflehog-place';
import type { Json } from './guardduty-finding.ts';
import { leaked } from './trufflehog-result.ts';

const hex = '5ec12e7acce55000000000000000000000000000';
const place = (kind: string, told: unknown, secrets = [leaked, hex]) =>
  placeIn(fold({ Data: { [kind]: told } }).folded, secrets);

describe('the place where a scanner has found something', () => {
  it.each<[string, Json, object]>([
    [
      'Git',
      {
        repository: 'https://git.example.com/acme/shop',
        commit: 'fbc14303ff',
        file: 'a/keys',
        line: 4,
        email: 'a@b.c',
      },
      { kind: 'git', repository: 'https://git.example.com/acme/shop', commit: 'fbc14303ff', file: 'a/keys', line: 4 },
    ],
    ['Github', { file: 'x//pkg@1.2/y' }, { kind: 'github', file: 'x//pkg@1.2/y' }],
    ['Filesystem', { file: '/srv/app/.env', line: 0 }, { kind: 'filesystem', file: '/srv/app/.env', line: 0 }],
    ['S3', { bucket: 'logs', file: 'x.gz' }, { kind: 's3', repository: 'logs', file: 'x.gz' }],
    ['GCS', { bucket: 'logs', filename: 'x.gz' }, { kind: 'gcs', repository: 'logs', file: 'x.gz' }],
    ['Docker', { image: 'acme/shop', file: '/etc/x' }, { kind: 'docker', repository: 'acme/shop', file: '/etc/x' }],
    ['Slack', { channel_name: 'ops', link: 'https://x' }, { kind: 'slack' }],
  ])('is told of %s by the names that it has there', (kind, told, expected) => {
    expect(place(kind, told)).toEqual(expected);
  });

  it.each<[string, Json, object]>([
    [
      'who signs in, in an address',
      { repository: 'https://ann:t0k3n@git.example.com/acme/shop' },
      { repository: 'https://git.example.com/acme/shop' },
    ],
    [
      'a token in its query',
      { repository: 'https://git.example.com/a.git?private_token=t0k3n#x' },
      { repository: 'https://git.example.com/a.git' },
    ],
    ['a text with the secret', { repository: `https://x/${leaked}`, file: `${leaked}.txt`, line: 1 }, { line: 1 }],
    ['one that hides it in percent signs', { file: `%zz${encodeURIComponent(leaked)}.txt` }, {}],
    ['an address that is all query', { repository: '?token=t0k3n' }, {}],
    ['a commit that is the secret', { commit: hex }, {}],
    ['a commit that is none', { commit: 'HEAD; rm -rf /' }, {}],
    ['a line that is none', { line: -1 }, {}],
  ])('is told without %s', (_, told, expected) => {
    expect(place('Git', told)).toEqual({ kind: 'git', ...expected });
  });

  it('shows control characters, and ends after 300', () => {
    expect(place('Git', { file: 'a\u001b[2J\u202eb' })?.file).toBe('a\\u001b[2J\\u202eb');
    expect(place('Git', { file: '🔑'.repeat(400) })?.file).toBe('🔑'.repeat(300));
  });

  it.each([null, [], 'x', { Data: null }, { Data: { Git: 'x' } }, { Data: { 'G it': {} } }])(
    'is none in %j',
    (told) => {
      expect(placeIn(fold(told).folded, [])).toBeNull();
    },
  );

  it('is the same once it has been told on', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('x://a@b@c', 'x://a:b@x://c@d', 'x://a:b@c/d?e#f', '\\u0000'),
    );
    const told = fc.record({ file: text, repository: text, commit: text, line: fc.integer() });
    fc.assert(
      fc.property(told, (each) => {
        const { kind, ...once } = place('Git', each) ?? { kind: '' };
        expect(place('Git', JSON.parse(JSON.stringify(once)))).toEqual({ kind, ...once });
      }),
    );
  });
});
