import { describe, expect, it } from 'vitest';
import { event, respond, type Seeded, seed } from './seed.ts';
import { account, sessionKey } from './sources/guardduty-finding.ts';
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
