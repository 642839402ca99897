import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { submission } from '#core/intake/submit';
import * as registry from '#core/sources';
import { fold } from '#core/sources/fold';
import { readEvent } from '#core/sources/read';
import { account, type Json, roleId, sessionKey, userId, userKey } from './guardduty-finding.ts';
import { noLists } from './read-finding.ts';
import { inGit, leaked, result, unverified } from './trufflehog-result.ts';

const receivedAt = '2026-08-20T09:31:00.000Z';
const read = (event: unknown, options = {}) =>
  readEvent(JSON.stringify(event), { lists: noLists, receivedAt, ...options })[0];
const found = (event: unknown) => {
  const reading = read(event);
  if (reading?.outcome !== 'finding') throw new Error(JSON.stringify(reading));
  return reading.finding;
};
const extra = (overrides: Json) => result({ ExtraData: { ...(result().ExtraData as Json), ...overrides } });
/** What a session key gives, with or without the tokens of its role. */
const session = (arn: string, user_id: string) =>
  result({
    DetectorName: 'AWSSessionKey',
    ...{ Raw: sessionKey, Redacted: sessionKey, RawV2: `${sessionKey}:${leaked}:IQoJb3JpZ2luX2VjTOKEN` },
    ExtraData: { account, arn, user_id },
  });

describe('trufflehog: a key that AWS has served', () => {
  it('is a finding about the user whom AWS named, by his unique id', () => {
    const [key, user] = [`access-key/${userKey}`, `user/${account}/alice`];
    expect(found(result())).toEqual({
      source: 'trufflehog',
      id: expect.stringMatching(new RegExp(`^${userKey}/[0-9a-f]{16}/verified$`)),
      type: 'TruffleHog:verified',
      signal: 'blocking',
      why: 'AWS has served the key: whoever can read the place where it was found can use it',
      severity: 8,
      account,
      region: null,
      observedAt: receivedAt,
      simulated: false,
      identity: {
        kind: 'iam-user',
        key: user,
        aliases: [key, user],
        name: 'alice',
        uniqueId: userId,
        arn: `arn:aws:iam::${account}:user/team/alice`,
      },
      credential: { accessKeyId: userKey },
      unused: true,
      raw: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it.each<[string, string, string, object]>([
    [
      'a session of a role',
      `arn:aws:sts::${account}:assumed-role/web-server/i-0123456789abcdef0`,
      `${roleId}:i-0123456789abcdef0`,
      { kind: 'role-session', key: `role/${account}/web-server`, uniqueId: roleId, session: 'i-0123456789abcdef0' },
    ],
    [
      'a session that a user issued',
      `arn:aws:iam::${account}:user/alice`,
      userId,
      { kind: 'iam-user', key: `user/${account}/alice` },
    ],
    [
      'a federated user',
      `arn:aws:sts::${account}:federated-user/bob`,
      `${account}:bob`,
      { kind: 'federated-user', key: `federated/${account}/bob` },
    ],
    ['root', `arn:aws:iam::${account}:root`, account, { kind: 'root', key: `root/${account}` }],
  ])('may be that of %s', (_, arn, user, identity) => {
    const { identity: told, credential } = found(session(arn, user));
    expect([told, credential]).toMatchObject([identity, { accessKeyId: sessionKey }]);
    expect(told.aliases).toContain(`access-key/${sessionKey}`);
  });

  it.each<[string, Json]>([
    ['the id of a role beside the ARN of a user', extra({ user_id: `${roleId}:x` })],
    ['an id that is none', extra({ user_id: 'a b' })],
    [
      'another session in the id than in the ARN',
      session(`arn:aws:sts::${account}:assumed-role/web/one`, `${roleId}:two`),
    ],
    [
      'a long-term key of a session',
      extra({ arn: `arn:aws:sts::${account}:assumed-role/web/one`, user_id: `${roleId}:one` }),
    ],
  ])('is for a person where there is %s', (_, event) => {
    const { identity, credential } = found(event);
    expect(identity).toMatchObject({ kind: 'unknown', key: expect.stringMatching(/^unknown\/trufflehog\//) });
    expect(identity.aliases).toContain(`access-key/${credential.accessKeyId}`);
  });

  it.each<[string, Json]>([
    ['without an ARN', extra({ arn: null, user_id: null })],
    ['with an ARN of nobody', extra({ arn: `arn:aws:iam::${account}:user/*` })],
  ])('is about the key alone %s: AWS is asked who holds it', (_, event) => {
    expect(found(event).identity).toMatchObject({ kind: 'unknown', key: `access-key/${userKey}` });
  });
});

describe('trufflehog: a key that was not seen to work', () => {
  it.each<[string, Json, object]>([
    ['refused by AWS, or not tried', {}, { type: 'TruffleHog:unverified', signal: 'advisory', severity: 3 }],
    [
      'that could not be tried',
      { VerificationError: 'i/o timeout' },
      { type: 'TruffleHog:unknown', signal: 'blocking', severity: 6 },
    ],
  ])('%s is about the key alone', (_, overrides, expected) => {
    const key = `access-key/${userKey}`;
    expect(found(unverified(overrides))).toMatchObject({
      ...expected,
      account,
      identity: { kind: 'unknown', key, aliases: [key] },
    });
  });

  it('names nobody by an ARN that AWS has not told', () => {
    expect(found(extra({}))?.identity.name).toBe('alice');
    expect(found({ ...extra({}), Verified: false }).identity.name).toBeUndefined();
  });
});

describe('trufflehog: the id of a finding', () => {
  const idOf = (overrides: Json = {}) => found(result(overrides)).id;

  it('is the same each time that the scan is run, whatever else the line says', () => {
    expect(idOf({ SourceName: 'nightly', SourceID: 7, RawV2: userKey, VerificationFromCache: true })).toBe(idOf());
  });

  it.each<[string, Json]>([
    ['another place', { SourceMetadata: inGit({ line: 5 }) }],
    ['another commit', { SourceMetadata: inGit({ commit: 'f'.repeat(40) }) }],
    ['whether the key works', { Verified: false }],
  ])('is another one for %s', (_, overrides) => {
    expect(idOf(overrides)).not.toBe(idOf());
  });
});

describe('trufflehog: the id of the key', () => {
  it.each<[string, Json]>([
    ['in Redacted, beside Raw in base64 (trap 27)', { Raw: Buffer.from(userKey).toString('base64') }],
    ['in Raw, beside a redacted form', { Redacted: 'AKIA****' }],
  ])('is found %s', (_, overrides) => {
    expect(found(result(overrides)).credential.accessKeyId).toBe(userKey);
  });
});

describe('trufflehog: what is no finding', () => {
  it.each<[string, Json, object]>([
    ['a secret of somebody else', result({ DetectorName: 'Github' }), { outcome: 'ignored' }],
    ['a canary token', extra({ is_canary: 'true' }), { outcome: 'ignored' }],
    [
      'a bearer token of STS',
      result({ Raw: 'ABIA1111222233334444', Redacted: 'ABIA1111222233334444' }),
      { outcome: 'ignored' },
    ],
    ['a line of its log', { level: 'info-0', logger: 'trufflehog', msg: 'finished scanning' }, { outcome: 'ignored' }],
    ['a line without the id of a key', result({ Raw: 'x', Redacted: '' }), { code: 'FIELD_MISSING' }],
    ['two ids', result({ Redacted: 'AKIA9999222233334444' }), { code: 'AMBIGUOUS' }],
    ['a state that is none', result({ Verified: 'true' }), { code: 'FIELD_INVALID' }],
    ['an account that is none', extra({ account: '1234' }), { code: 'FIELD_INVALID' }],
    ['the accounts of two', extra({ account: '444455556666' }), { code: 'ACCOUNT_CLASH' }],
  ])('%s', (_, event, expected) => {
    expect(read(event)).toMatchObject(expected);
  });

  it('a line that was handed over at no time', () => {
    expect(read(result(), { receivedAt: undefined })).toMatchObject({ code: 'FIELD_MISSING' });
  });

  it('what says that it was handed over and came by a rule', () => {
    const detail = result();
    const event = {
      source: 'rescind.received.trufflehog',
      'detail-type': 'TruffleHog Result',
      time: receivedAt,
      detail,
    };
    expect([read(event), read(event, { byRule: true })]).toMatchObject([
      { outcome: 'finding' },
      { outcome: 'ignored' },
    ]);
  });
});

describe('trufflehog: the source', () => {
  it('recognises its lines, and no other source does', () => {
    const by = Object.values(registry).filter((source) => source.recognises(fold(result()).folded));
    expect(by.map(({ name }) => name)).toEqual(['trufflehog']);
  });

  it('never throws, and neither its finding nor what it passes on has the secret, wherever a stranger put it', () => {
    const plain = 'mAdEuP00vAlUe00fAsEcReTaCcEsSkEy00000001';
    const odd = fc.oneof(
      fc.jsonValue(),
      fc.string().map((text) => `${text}${leaked}${text}`),
      fc.constantFrom(leaked, encodeURIComponent(leaked), `https://x:${leaked}@git.example.com/?token=${leaked}`),
      fc.constantFrom(plain, `arn:aws:iam::${account}:user/${plain}`, `${roleId}:${plain}`),
    );
    const place = fc.record({ file: odd, repository: odd, commit: odd, line: odd, link: odd, email: odd });
    const kind = fc.constantFrom('Git', 'Github', 'Filesystem', 'S3', leaked);
    fc.assert(
      fc.property(kind, place, odd, odd, fc.boolean(), (name, where, account, arn, isVerified) => {
        const event = result({
          Verified: isVerified,
          SecretParts: { secret_access_key: plain },
          SourceMetadata: { Data: { [name]: where } },
          ExtraData: { account, arn, user_id: arn, message: leaked },
        });
        const passed = submission(Buffer.from(JSON.stringify(event)), {
          ...{ account: '111122223333', region: 'eu-central-1', now: new Date(receivedAt) },
        });
        const written = JSON.stringify([read(event), passed]);
        for (const secret of [leaked, encodeURIComponent(leaked), plain]) expect(written).not.toContain(secret);
        if (passed.outcome === 'submitted') {
          const ofTheEvent = { account: '111122223333', region: 'eu-central-1', raw: passed.finding.raw };
          expect({ ...found(event), ...ofTheEvent }).toEqual({ ...passed.finding, ...ofTheEvent });
        }
      }),
    );
  });
});
