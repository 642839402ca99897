import { describe, expect, it } from 'vitest';
import { renderReport } from '#core/report';
import type { Statement } from '#verifier/format';
import { type WorldOptions, world } from './case-run.ts';
import { type FakeRole, isWrite } from './fake-aws.ts';
import { event } from './seed.ts';
import { account, type Json, roleId, roleKey } from './sources/guardduty-finding.ts';

const instance = 'i-0123456789abcdef0';
const onward = 'arn:aws:iam::444455556666:role/reporting';
const work = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: '*' },
    { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: onward },
  ],
};
const sweepable = [`arn:aws:iam::${account}:role/web-server`];

function seeded({ role = {}, ...options }: WorldOptions & { role?: Partial<FakeRole> } = {}) {
  const made = world(options);
  const web = made.aws.addRole('web-server', {
    uniqueId: roleId,
    tags: { owner: 'team-web' },
    policies: new Map([['work', JSON.stringify(work)]]),
    instanceProfiles: [`arn:aws:iam::${account}:instance-profile/web`],
    ...role,
  });
  const respond = async (details: Json = {}, overrides: Json = {}) => {
    await made.deliver(event({ ...roleKey, ...details }, overrides));
    await made.drain();
    const [found] = await made.cases();
    if (!found) throw new Error('no case was opened');
    return found;
  };
  return { ...made, web, respond, writes: () => made.aws.calls.filter(isWrite).map(({ operation }) => operation) };
}
const session = (name: string) => ({ principalId: `${roleId}:${name}` });
const planOf = ({ facts }: Awaited<ReturnType<ReturnType<typeof seeded>['respond']>>) =>
  facts.triage?.plan.map(({ credential, answer }) => `${credential} ${answer}`);

describe('a finding on the session of a role', () => {
  it('cuts the one session, by one policy, and closes as what was shown', async () => {
    const { respond, web, writes, verify } = seeded();
    const found = await respond();
    expect(found).toMatchObject({ stage: 'closed', facts: { close: { verdict: 'contained-not-proven' } } });
    expect(planOf(found)).toEqual([`role-session/${account}/web-server/${instance} auto`]);
    expect(writes()).toEqual(['iam:PutRolePolicy']);
    expect([...web.policies.keys()]).toEqual(['work', `rescind-deny-session-${found.id}-${instance}`]);
    expect(found.facts.verify?.credentials[0]?.rungs).toMatchObject({
      configured: { result: 'passed' },
      'canary-denied': { result: 'not available' },
    });
    expect(await verify(found.id)).toMatchObject({ ok: true, closed: true });
  });

  it('keeps the whole role before it changes anything, in the register and in the record', async () => {
    const { respond, aws, web, register } = seeded();
    aws.handles['iam:PutRolePolicy'] = () => {
      throw Object.assign(new Error('broke'), { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
    };
    const { id } = await respond();
    const { work: kept } = await register.load(id);
    expect(kept.before?.[web.arn]).toMatchObject({
      trust: JSON.parse(web.trust),
      inlinePolicies: [{ name: 'work', document: work }],
    });
  });

  it('owns the role by its tag, and names the workloads that must refresh and the ways on and back', async () => {
    const found = await seeded().respond();
    expect(found.facts['assign-owner']?.owner?.owner).toBe('team-web');
    const points = found.facts.close?.openPoints.join('\n') ?? '';
    for (const point of [
      `sessions named ${instance} of web-server issued before`,
      `instance profile arn:aws:iam::${account}:instance-profile/web, Service ec2.amazonaws.com`,
      'can still be assumed with the credentials of whom it trusts: Service ec2.amazonaws.com',
      `survive and are not cut; work allows ${onward}`,
      'such roles were not searched for',
    ])
      expect(points).toContain(point);
    expect(points).not.toContain('no secret');
  });

  it('looks for onward paths in managed policies too', async () => {
    const { respond, aws, web } = seeded();
    const arn = aws.addPolicy('ops', { Statement: { Effect: 'Allow', Action: '*', Resource: '*' } });
    web.attached.push(arn, `arn:aws:iam::${account}:policy/gone-since`);
    expect((await respond()).facts.triage?.onward).toContainEqual({ policy: arn, roles: ['*'], note: null });
  });

  it('of a shared name asks before everybody on the role is cut, and changes nothing', async () => {
    const { respond, writes } = seeded();
    const found = await respond(session('deploy'));
    expect(planOf(found)).toEqual([`role-sessions/${account}/web-server approval`]);
    expect([found.stage, writes()]).toEqual(['parked', []]);
  });

  it('of a shared name cuts all older sessions where the role is listed for it', async () => {
    const { respond, web } = seeded({ settings: { sweepable } });
    const found = await respond(session('deploy'));
    expect(found.stage).toBe('closed');
    expect([...web.policies.keys()]).toEqual(['work', `rescind-deny-older-sessions-${found.id}`]);
  });

  it.each([
    ['EC2 gave an instance', 'i-0123abcd', 'role-session'],
    ['only looks like an instance', 'i-0123456789abcdef', 'role-sessions'],
    ['has an instance inside', `x${instance}`, 'role-sessions'],
    ['has a wildcard-like dot', 'i.0123abcd', 'role-sessions'],
  ])('is cut by name only where %s that name: %s', async (_, name, kind) => {
    const [planned] = planOf(await seeded().respond(session(name))) ?? [];
    expect(planned?.split('/')[0]).toBe(kind);
  });

  it('is cut at once, though the case already waits for the approval of a wider cut', async () => {
    const { respond, writes } = seeded();
    await respond(session('deploy'));
    const found = await respond({ accessKeyId: 'ASIA9999000099990000' });
    expect(planOf(found)).toEqual([
      `role-sessions/${account}/web-server approval`,
      `role-session/${account}/web-server/${instance} auto`,
    ]);
    expect([found.stage, writes()]).toEqual(['parked', ['iam:PutRolePolicy']]);
  });

  it.each([
    ['is of a re-created role', { principalId: `AROA9999000099990000B:${instance}` }, 'the-unique-id-must-match'],
    ['has no principal id', { principalId: undefined }, 'a-person-may-approve'],
  ])('that %s cuts nothing', async (_, details, reason) => {
    const { respond, writes } = seeded();
    const found = await respond(details);
    expect([found.stage, writes()]).toEqual(['parked', []]);
    expect(JSON.stringify(found.facts.triage?.plan)).toContain(reason);
  });

  it.each([
    ['/aws-service-role/guardduty.amazonaws.com/', 'service-linked-roles-are-changed-in-their-service'],
    ['/aws-reserved/sso.amazonaws.com/', 'identity-center-roles-are-changed-in-their-permission-set'],
  ])('of a role under %s is refused before any write, with the place where it is undone', async (path, policy) => {
    const { respond, writes } = seeded({ role: { path }, settings: { sweepable } });
    const found = await respond();
    expect([found.stage, writes()]).toEqual(['parked', []]);
    expect(found.facts.park?.reason).toContain(policy);
    expect(found.facts.contain?.reason).toMatch(/access is taken (in that service|from its permission set)/);
  });

  it.each([
    ['is protected', { protected: sweepable }, 'protected-identities-are-never-touched'],
    ['is observed only', { mode: 'observe' }, 'observe-changes-nothing'],
  ])('of a role that %s changes nothing', async (_, settings, policy) => {
    const { respond, writes } = seeded({ settings });
    const found = await respond();
    expect(writes()).toEqual([]);
    expect(JSON.stringify(found.facts.triage?.plan)).toContain(policy);
  });

  it('of one of our own roles touches it not', async () => {
    const { respond, aws, writes } = seeded();
    aws.addRole('rescind-eu-central-1-contain', { uniqueId: roleId });
    const found = await respond({ userName: 'rescind-eu-central-1-contain' });
    expect([found.stage, writes()]).toEqual(['parked', []]);
    expect(found.facts.park?.reason).toContain('the-pipeline-never-touches-itself');
  });

  it('is not urgent because another session of the role is', async () => {
    const { respond, web } = seeded();
    await respond(session('i-0123abcd'), { type: 'Persistence:IAMUser/AnomalousBehavior', severity: 5 });
    const found = await respond();
    expect(planOf(found)).toEqual([
      `role-session/${account}/web-server/i-0123abcd approval`,
      `role-session/${account}/web-server/${instance} auto`,
    ]);
    expect(web.policies.size).toBe(2);
    expect(found.stage).toBe('parked');
  });

  it('parks the case by the name of AWS where the role has no room for the deny', async () => {
    const { respond } = seeded({ role: { policies: new Map([['work', 'x'.repeat(10_200)]]) } });
    const found = await respond();
    expect(found.facts.park?.reason).toContain('LimitExceeded');
  });
});

describe('the report of a case about a role', () => {
  const pageOf = async (options: Parameters<typeof seeded>[0] = {}) => {
    const made = seeded(options);
    const { id } = await made.respond();
    const statements = made.recordsOf(id).map(({ bytes }) => {
      const { payload } = JSON.parse(Buffer.from(bytes).toString('utf8')) as { payload: string };
      return JSON.parse(Buffer.from(payload, 'base64').toString('utf8')) as Statement;
    });
    return renderReport(statements)
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ');
  };

  it('claims of the sessions that they are contained and no more', async () => {
    expect(await pageOf()).toContain(
      `The sessions named ${instance} of role web-server are contained, not proven revoked.`,
    );
  });

  it('shows the policies before and after, who can come back, who must refresh, and the ways on', async () => {
    const page = await pageOf();
    for (const fact of [
      /trust policy as recorded .* the same/,
      /inline policy rescind-deny-session-\S+ did not exist as recorded/,
      /inline policy work as recorded .* the same/,
      /Can be assumed by Service ec2\.amazonaws\.com/,
      /Workloads that must refresh instance profile \S+ , Service ec2\.amazonaws\.com/,
      new RegExp(`Onward paths .* work : ${onward}`),
    ])
      expect(page).toMatch(fact);
  });
});
