import { describe, expect, it } from 'vitest';
import { audience, claims, issuer } from './receivers/tokens.ts';
import { event, respond, type Seeded, seed } from './seed.ts';
import { account, roleId, sessionKey, userId, userKey } from './sources/guardduty-finding.ts';
import { oktaEnvelope, oktaEvent } from './sources/okta-event.ts';

const eventBus = 'aws.partner/okta.com/acme/rescind';
const subjects = { 'alice@example.com': `user/${account}/alice` };
const mapped = (settings = {}): Seeded =>
  seed({ secret: null, settings: { identityProviders: { okta: { eventBus, subjects } }, ...settings } });
const roaming = oktaEnvelope(oktaEvent({ eventType: 'security.session.detect_client_roaming' }));

describe('a finding of an identity provider', () => {
  it('joins the case that its user has open', async () => {
    const made = mapped();
    made.before.triage = () => made.deliver(roaming);
    const { found } = await respond(made, event({ accessKeyId: sessionKey }));
    expect([found.attached, (await made.cases()).length]).toEqual([2, 1]);
  });

  it.each([
    ['as its source has it', {}],
    ['although the settings call it immediate', { immediate: ['Okta:security.session.*'] }],
  ])('cuts nobody unasked %s: it tells no unique id and no key', async (_, settings) => {
    const made = mapped(settings);
    const { found } = await respond(made, roaming);
    expect([found.identity.name, found.stage, made.key.status, made.alice.policies.size]).toEqual([
      'alice',
      'parked',
      'Active',
      0,
    ]);
    expect(await made.verify(found.id)).toMatchObject({ ok: true });
  });

  describe('whose type the settings list, about one whom the table names by his unique id', () => {
    const immediate = ['Okta:security.session.*'];
    const about = (identity: string, uniqueId: string, settings = {}): Seeded =>
      mapped({
        immediate,
        identityProviders: { okta: { eventBus, subjects: { 'alice@example.com': { identity, uniqueId } } } },
        ...settings,
      });
    const pinned = (uniqueId = userId): Seeded => about(`user/${account}/alice`, uniqueId);
    const denies = ({ alice }: Seeded) => [...alice.policies.keys()].filter((name) => name.startsWith('rescind-deny-'));

    it('refuses his sessions and closes the case, where he has no key in use', async () => {
      const made = pinned();
      made.key.status = 'Inactive';
      const { found } = await respond(made, roaming);
      expect([found.stage, found.facts.close?.verdict, denies(made).length]).toEqual([
        'closed',
        'contained-not-proven',
        1,
      ]);
      expect(found.facts.close?.openPoints.join()).not.toContain('whoever uses the key');
      expect(await made.verify(found.id)).toMatchObject({ ok: true });
    });

    it('refuses his sessions, and asks about the key that may be behind them', async () => {
      const made = pinned();
      const { found } = await respond(made, roaming);
      expect([found.stage, denies(made).length, made.key.status]).toEqual(['parked', 1, 'Active']);
      expect(found.facts.park?.reason).toContain(`deactivate-access-key of access-key/${userKey}: approval`);
    });

    it.each([
      ['refuses all sessions of a role that is listed for it', [`arn:aws:iam::${account}:role/staff`], 'closed', 1],
      ['asks before it refuses those of any other role', [], 'parked', 0],
    ])('%s', async (_, sweepable, stage, count) => {
      const made = about(`role/${account}/staff`, roleId, { sweepable });
      const staff = made.aws.addRole('staff', { uniqueId: roleId });
      const { found } = await respond(made, roaming);
      expect([found.stage, staff.policies.size]).toEqual([stage, count]);
    });

    it('touches nobody where another one bears the name by now', async () => {
      const made = pinned('AIDA9999999999999999A');
      const { found } = await respond(made, roaming);
      expect([found.stage, denies(made).length]).toEqual(['parked', 0]);
      expect(found.facts.park?.reason).toContain('the-unique-id-must-match');
    });
  });

  it('shields nobody from a later cut once its subject has left the table', async () => {
    const made = mapped();
    const { found } = await respond(made, roaming);
    expect(found.stage).toBe('parked');
    const { identityProviders } = made.deployment.settings;
    Object.assign(made.deployment.settings, { identityProviders: { ...identityProviders, okta: null } });
    await respond(made, event());
    expect(made.key.status).toBe('Inactive');
    for (const { id } of await made.cases()) expect(await made.verify(id)).toMatchObject({ ok: true });
  });

  it('about a subject whom the table lacks is left to a person', async () => {
    const made = seed({ secret: null });
    const { found } = await respond(made, roaming);
    expect([found.identity.key, found.stage, made.key.status]).toEqual([
      'unknown/okta/00u1abcDEF2345678901',
      'parked',
      'Active',
    ]);
  });
});

describe('news of a transmitter that came before the case of its user', () => {
  it('joins the case that a finding by a rule opens', async () => {
    const keys = 'https://idp.example.com/keys';
    const made = seed({
      secret: null,
      settings: { identityProviders: { ssf: [{ issuer, audience, keys, subjects }] } },
    });
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const iat = Math.floor(made.clock.ms() / 1000);
    const told = claims({ iat }, 'credential-change', { event_timestamp: iat });
    const news = {
      version: '0',
      source: 'rescind.received.ssf',
      'detail-type': 'Security Event Token',
      ...{ account, region: 'eu-central-1', time: made.clock.now().toISOString() },
      detail: { token: `${part({ alg: 'ES256' })}.${part(told)}.c2ln` },
    };
    expect(await made.deliver(news)).toMatchObject([{ outcome: 'heard' }]);
    const { found } = await respond(made, event());
    expect(found.attached).toBe(2);
  });
});
