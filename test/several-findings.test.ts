import { describe, expect, it } from 'vitest';
import { world } from './case-run.ts';
import { event, respond, type Seeded, seed } from './seed.ts';
import { served, sessionOf, trailEnvelope } from './sources/cloudtrail-record.ts';
import { account, type Json, roleId, roleKey, sessionKey, userKey } from './sources/guardduty-finding.ts';
import { accessKey, event as hubEvent, iamUser, seen } from './sources/securityhub-event.ts';

/** What anybody may import who has `securityhub:BatchImportFindings`: text of his choice about whomever he likes. */
const imported = (resource: Json, overrides: Json = {}) =>
  hubEvent([
    seen({
      Id: 'x',
      ProductArn: `arn:aws:securityhub:eu-central-1:${account}:product/${account}/default`,
      ProductName: 'Default',
      CompanyName: 'Personal',
      Resources: [resource],
      ...overrides,
    }),
  ]);
const keyOf = (id: string, name = 'alice') =>
  accessKey({ AccessKeyId: id, PrincipalName: name, PrincipalType: 'IAMUser' });
const severity = (Label: string) => ({ Severity: { Label } });
const byAdmin = (call: Parameters<typeof served>[0], requestParameters: Json) =>
  trailEnvelope(served(call, { userIdentity: sessionOf('admin'), requestParameters }));
const asks = (found: { facts: { 'assign-owner'?: { asks: { action: string; reason: string }[] } } }) =>
  (found.facts['assign-owner']?.asks ?? [])
    .filter(({ action }) => action === 'contain-by-hand')
    .map((each) => each.reason);

describe('a change that no cut of a credential takes back', () => {
  it.each(['before', 'during'])(
    'of a trust policy, told %s the cut of a session, is left to a person',
    async (when) => {
      const made = world();
      const web = made.aws.addRole('web-server', { uniqueId: roleId });
      const trust = byAdmin('iam:UpdateAssumeRolePolicy', { roleName: 'web-server' });
      if (when === 'before') {
        await made.deliver(trust);
        await made.drain();
      } else made.before.triage = () => made.deliver(trust);
      await made.deliver(event(roleKey));
      await made.drain();
      const [found] = await made.cases();
      expect([web.policies.size, found?.stage]).toEqual([1, 'parked']);
      expect(found && asks(found)).toEqual([expect.stringContaining('IAM:UpdateAssumeRolePolicy/ByOther')]);
    },
  );

  it('of the rights of a user, told while his key is cut, is left to a person', async () => {
    const made = seed();
    const policyArn = 'arn:aws:iam::aws:policy/AdministratorAccess';
    made.before.triage = () => made.deliver(byAdmin('iam:AttachUserPolicy', { userName: 'alice', policyArn }));
    const { found } = await respond(made);
    expect([made.key.status, found.stage]).toEqual(['Inactive', 'parked']);
    expect(asks(found)).toEqual([expect.stringContaining('IAM:AttachUserPolicy/Administrator/ByOther')]);
  });
});

describe('a weaker finding, which anybody may have had imported', () => {
  it.each([
    ['LOW', 'while the case runs'],
    ['HIGH', 'while the case runs'],
    ['HIGH', 'long before'],
  ])('of severity %s shields nobody by a unique id that is not his (%s)', async (label, when) => {
    const made = seed({ secret: null });
    const false_ = imported(iamUser('alice', { UserId: 'AIDAWRONG22223333444', UserName: 'alice' }), severity(label));
    if (when === 'long before') {
      await made.deliver(false_);
      await made.drain();
    } else made.before.contain = () => made.deliver(false_);
    await respond(made);
    expect(made.key.status).toBe('Inactive');
  });

  it.each(['HIGH', 'LOW'])('of severity %s has no key cut that the urgent one does not name', async (label) => {
    const made = seed({ secret: null });
    made.before.contain = () => made.deliver(imported(keyOf(userKey), severity(label)));
    const { found } = await respond(made, event({ accessKeyId: sessionKey }));
    expect([made.key.status, made.alice.policies.size, found.stage]).toEqual(['Active', 1, 'parked']);
  });

  it('pushes no urgent one out of those that are read, however many keys are invented', async () => {
    const made = seed({ secret: null });
    for (let n = 0; n < 55; n += 1) {
      const id = `AKIAFAKE${String(n).padStart(12, '0')}`;
      await made.deliver(imported(keyOf(id), { Id: `f${n}` }));
    }
    await made.drain();
    await respond(made, event({ accessKeyId: sessionKey }));
    expect(made.alice.policies.size).toBe(1);
  });
});

describe('a key that the contained identity has made', () => {
  it('is cut as well where the settings call such news more urgent', async () => {
    const made: Seeded = seed({ secret: null, settings: { blocking: ['IAM:CreateAccessKey/BySelf'] } });
    const second = made.aws.addKey(made.alice);
    const record = served('iam:CreateAccessKey', {
      eventTime: made.clock.now().toISOString(),
      requestParameters: null,
      responseElements: { accessKey: { accessKeyId: second.id, userName: 'alice', status: 'Active' } },
    });
    made.before.triage = () => made.deliver(trailEnvelope(record));
    await respond(made);
    expect(second.status).toBe('Inactive');
  });
});
