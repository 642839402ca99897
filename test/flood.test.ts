import { describe, expect, it } from 'vitest';
import { event, respond, type Seeded, seed } from './seed.ts';
import { alice as caller, createAccessKey, served, trailEnvelope } from './sources/cloudtrail-record.ts';
import { account, userKey } from './sources/guardduty-finding.ts';
import { accessKey, event as hubEvent, seen } from './sources/securityhub-event.ts';

const low = { type: 'Discovery:IAMUser/AnomalousBehavior', severity: 2 };

/** What the attacker can make as often as it likes: events about itself. */
async function flood(made: Seeded): Promise<void> {
  for (let n = 0; n < 60; n += 1) {
    const eventID = `77777777-7777-4888-8999-${String(n).padStart(12, '0')}`;
    const record = createAccessKey(
      { eventID, eventTime: made.clock.now().toISOString() },
      { accessKeyId: `AKIA${String(n).padStart(16, '7')}` },
    );
    await made.deliver(trailEnvelope(record));
  }
}

const forged = (Id: string) =>
  seen({
    ...{ Id, ProductName: 'Default', CompanyName: 'Personal' },
    ProductArn: `arn:aws:securityhub:eu-central-1:${account}:product/${account}/default`,
    Resources: [accessKey({ AccessKeyId: userKey, PrincipalName: 'alice', PrincipalType: 'IAMUser' })],
  });

describe('a flood of events that an identity makes about itself', () => {
  it('does not hide the immediate finding that came before it', async () => {
    const made = seed();
    await made.deliver(event({}, low));
    await made.deliver(event());
    await flood(made);
    await made.drain();
    expect(made.key.status).toBe('Inactive');
  });

  it('does not make a case forget what it has cut', async () => {
    const made = seed();
    await made.deliver(event({}, low));
    await made.deliver(event());
    made.before.close = async () => flood(made);
    await made.drain();
    const [found] = await made.cases();
    expect(found?.facts.contain?.done.map(({ credential }) => credential)).toContain(`access-key/${made.key.id}`);
  });

  it('does not hide a key that the thief has made, nor a policy that he has attached', async () => {
    const made = seed({ secret: null });
    const key = made.aws.addKey(made.alice);
    const eventTime = made.clock.now().toISOString();
    const policy = { userName: 'alice', policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' };
    await made.deliver(trailEnvelope(createAccessKey({ eventTime, userIdentity: caller }, { accessKeyId: key.id })));
    const told = { eventTime, userIdentity: caller, requestParameters: policy };
    await made.deliver(hubEvent([forged('first')]));
    await made.deliver(trailEnvelope(served('iam:AttachUserPolicy', told)));
    for (let at = 0; at < 60; at += 1) await made.deliver(hubEvent([forged(`f${at}`)]));
    const { found } = await respond(made);
    expect([made.key.status, key.status, found.stage]).toEqual(['Inactive', 'Inactive', 'parked']);
    expect(found.facts.park?.reason).toContain('IAM:AttachUserPolicy/Administrator/BySelf');
  });

  it('is for a person where it leaves something unread that nothing else says', async () => {
    const made = seed({ secret: null });
    for (let at = 0; at < 80; at += 1)
      await made.deliver(event({}, { ...low, severity: 5, type: `Persistence:IAMUser/Kind${at}` }));
    const { found } = await respond(made);
    expect([made.key.status, found.stage]).toEqual(['Inactive', 'parked']);
    expect(found.facts.park?.reason).toMatch(/\d+ findings were not read/);
  });

  it('does not hide an earlier finding that names another key, and is told as unread', async () => {
    const made = seed({ secret: null });
    const second = made.aws.addKey(made.alice);
    await made.deliver(event());
    await made.deliver(event({ accessKeyId: second.id }));
    for (let more = 0; more < 50; more += 1) await made.deliver(event());
    await made.drain();
    const [found] = await made.cases();
    expect([second.status, found?.facts.contain?.unread]).toEqual(['Inactive', 2]);
    expect(found?.facts.close?.openPoints.join('\n')).toContain('2 further findings');
  });
});
