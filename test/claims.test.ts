import { describe, expect, it } from 'vitest';
import { renderReport } from '#core/report';
import type { Statement } from '#verifier/format';
import { caseShowCommand } from '../bin/commands/case-show.ts';
import { casesCommand } from '../bin/commands/cases.ts';
import { type World, world } from './case-run.ts';
import { awsError } from './fake-aws.ts';
import { trailRecord } from './fake-trail.ts';
import { event, heldBy, managedSecret, respond, seed } from './seed.ts';
import { guarddutyFinding, type Json, roleId, roleKey, userId } from './sources/guardduty-finding.ts';

const hours = 3_600_000;
const reportOf = (made: World, id: string) =>
  renderReport(made.recordsOf(id).map(({ predicate }) => ({ predicate, subject: [] }) as unknown as Statement));
const sectionOf = (html: string, id: string) =>
  (new RegExp(`<h2 id="${id}">[\\s\\S]*?</section>`).exec(html)?.[0] ?? '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');
const claimOf = (html: string) => /<div class="claim[\s\S]*?<\/div>/.exec(html)?.[0].replace(/<[^>]+>/g, ' ') ?? '';

async function printed(made: World, caseId: string) {
  const out: string[] = [];
  const io = { out: (line: string) => void out.push(line), err: () => undefined };
  await casesCommand({ limit: 9, json: false }, made, io);
  await caseShowCommand({ caseId, json: false }, made, io);
  return out.join('\n');
}

/** Closed, and looked at when its sessions must have ended; the trail holds a refusal, and ends before the look. */
async function looked(quiet = 60_000) {
  const made = seed({ settings: { trail: { bucket: 'trail-of-ours' } } });
  const { found } = await respond(made);
  const cutAt = Date.parse(found.facts.contain?.cutAt ?? '');
  made.clock.pass(37 * hours);
  const session = {
    type: 'IAMUser',
    principalId: userId,
    accessKeyId: 'ASIA1111222233334444',
    sessionContext: { attributes: { creationDate: new Date(cutAt - hours).toISOString() } },
  };
  const refused = trailRecord(cutAt + 60_000, session, {
    errorCode: 'AccessDenied',
    errorMessage: 'x is not authorized to perform: y with an explicit deny in an identity-based policy',
  });
  made.aws.trail.deliver(cutAt + 20 * 60_000, [refused]);
  made.aws.trail.deliver(made.clock.ms() - quiet, []);
  await made.look(found.id);
  return { ...made, id: found.id, seen: (await made.register.load(found.id)).facts.look };
}

/** A closed case that has cut the sessions of two instances of one role. */
async function twoInstances() {
  const made = world();
  const web = made.aws.addRole('web-server', { uniqueId: roleId });
  const names = ['i-0123456789abcdef0', 'i-0123456789abcdef1'];
  for (const name of names) await made.deliver(event({ ...roleKey, principalId: `${roleId}:${name}` }));
  await made.drain();
  const [found] = await made.cases();
  expect(found?.stage).toBe('closed');
  return { made, id: found?.id ?? '', names, web };
}

describe('a case whose cut was taken back after it was proven', () => {
  it('is not shown as if the cut were there', async () => {
    const made = await looked();
    expect(made.seen?.verdict).toBe('revoked');
    await made.rollback(made.id);
    const text = await printed(made, made.id);
    expect(text).toContain('revoked, rolled back');
    expect(text).toMatch(/user-sessions\/\S+: its cut was taken back/);
    expect(text).toMatch(/open +before user-sessions\/\S+ was taken back:/);
    expect(text).not.toMatch(/verdict +revoked$/m);
    expect(text).not.toContain('GetUserPolicy shows the deny');
  });

  it('has a report that tells in each section what was so before', async () => {
    const made = seed();
    const { found } = await respond(made);
    await made.rollback(found.id);
    const html = reportOf(made, found.id);
    expect(sectionOf(html, 'proof')).toMatch(
      /sessions issued by alice: ! taken back by record \d+ ; the rungs were so before/,
    );
    expect(sectionOf(html, 'open')).toContain(
      'Since then a rollback has taken back the cut of sessions issued by alice',
    );
    expect(sectionOf(html, 'actions')).toMatch(/UTC were refused, .* taken back by record \d+/);
  });

  it('has a report that says so no longer once it was made again', async () => {
    const made = seed();
    const id = '5ec1de'.padEnd(32, 'b');
    const { found } = await respond(made, event({}, { id }));
    await made.rollback(found.id);
    made.clock.pass(hours);
    const at = made.clock.now().toISOString();
    const { service } = guarddutyFinding();
    await respond(made, event({}, { id, updatedAt: at, service: { ...(service as Json), eventLastSeen: at } }));
    const html = reportOf(made, found.id);
    expect((await made.register.load(found.id)).run).toBe(2);
    expect([sectionOf(html, 'proof'), sectionOf(html, 'open')].join()).not.toContain('taken back');
    expect(sectionOf(html, 'actions')).toMatch(/UTC were refused, .* UTC are refused/);
  });

  it('is not claimed by what was proven before, where a second rollback lifted nothing more', async () => {
    const { made, id, names, web } = await twoInstances();
    web.policies.set(`rescind-deny-session-${id}-${names[1]}`, '{"edited":1}');
    await made.rollback(id);
    await made.rollback(id);
    const claim = claimOf(reportOf(made, id));
    expect(claim).toMatch(/contained-not-proven, rolled back {3}/);
    expect(claim).toContain(`A rollback has lifted the cut of: sessions named ${names[0]} of role web-server.`);
    expect(claim).toMatch(new RegExp(`has left alone, .*: sessions named ${names[1]} of role web-server\\.`));
    expect(claim).not.toContain(`${names[0]} of role web-server are contained`);
  });

  it('is named with what a second rollback lifted, once the two have lifted all', async () => {
    const { made, id, names, web } = await twoInstances();
    const policy = `rescind-deny-session-${id}-${names[1]}`;
    const written = web.policies.get(policy) ?? '';
    web.policies.set(policy, '{"edited":1}');
    await made.rollback(id);
    web.policies.set(policy, written);
    await made.rollback(id);
    const claim = claimOf(reportOf(made, id));
    expect(claim).toContain(names.map((name) => `sessions named ${name} of role web-server`).join(', '));
    expect(claim).not.toContain('has left alone');
  });

  it('is not closed as observed by a retry in mode observe', async () => {
    const made = world();
    made.aws.addRole('web-server', { uniqueId: roleId });
    await made.deliver(event(roleKey));
    await made.deliver(event({ ...roleKey, principalId: `${roleId}:deploy` }));
    await made.drain();
    const [parked] = await made.cases();
    const id = parked?.id ?? '';
    expect([parked?.stage, parked?.cuts.length]).toEqual(['parked', 1]);
    await made.rollback(id);
    Object.assign(made.deployment.settings, { mode: 'observe' });
    await made.control({ control: 'retry', caseId: id });
    await made.drain();
    const { facts } = await made.register.load(id);
    expect(facts.close?.verdict).toBe('contained-not-proven');
    expect(facts.close?.openPoints.join('\n')).toContain('its cut was taken back');
    expect(claimOf(reportOf(made, id))).not.toContain('Nothing was changed');
  });
});

describe('the rung log-confirmed at the look', () => {
  it('is not passed by a trail that ended long before', async () => {
    const { seen } = await looked(3 * hours);
    const sessions = seen?.credentials.find(({ credential }) => credential.startsWith('user-sessions'));
    expect(sessions?.rungs['log-confirmed']).toMatchObject({
      result: 'not available',
      reason: expect.stringMatching(/^the trail ends at .* and must reach /),
    });
  });

  it('says up to when the trail was read', async () => {
    const { seen, clock } = await looked(5 * 60_000);
    const sessions = seen?.credentials.find(({ credential }) => credential.startsWith('user-sessions'));
    const newest = new Date(Math.floor((clock.ms() - 5 * 60_000) / 60_000) * 60_000).toISOString();
    expect(sessions?.rungs['log-confirmed'].reason).toContain(`the newest of ${newest}`);
  });
});

describe('a case whose mode is changed while it runs', () => {
  it('is not said to have had no plan', async () => {
    const made = seed({ settings: { mode: 'observe' } });
    made.before.close = () => void Object.assign(made.deployment.settings, { mode: 'enforce' });
    const { found } = await respond(made);
    expect(found.facts.close?.verdict).toBe('observed');
    expect(claimOf(reportOf(made, found.id))).toContain('Nothing was changed');
  });

  it('has a plan that does not deny what runs before have done', async () => {
    const made = seed({ secretTags: { 'rescind-user': 'alice' } });
    const { found } = await respond(made);
    Object.assign(made.deployment.settings, { mode: 'observe' });
    await made.control({ control: 'retry', caseId: found.id });
    await made.drain();
    expect(made.key.status).toBe('Inactive');
    expect(sectionOf(reportOf(made, found.id), 'plan')).not.toContain('nothing was carried out');
  });
});

describe('the report of a case whose deny was gone at the look', () => {
  it('does not say among its actions that the sessions are refused', async () => {
    const made = seed();
    const { found } = await respond(made);
    made.clock.pass(37 * hours);
    made.alice.policies.clear();
    await made.look(found.id);
    const text = sectionOf(reportOf(made, found.id), 'actions');
    expect(text).toMatch(/sessions issued before .* were refused, .* record \d+ did not find the deny as it was made/);
    expect(text).not.toContain('are refused');
  });

  it('does not say that a key is inactive which was so when it was left', async () => {
    const made = seed();
    const { found } = await respond(made);
    expect(sectionOf(reportOf(made, found.id), 'actions')).toContain(`${made.key.id} left Inactive, deletion due`);
  });
});

describe('a case that has rotated one secret and fails at the next', () => {
  const refusals: [string, Error][] = [
    ['for good', awsError('AccessDeniedException', 'Access to KMS is not allowed')],
    ['at every try', awsError('InternalServiceError', 'try again', 500)],
  ];
  async function parked(error: Error) {
    const made = seed();
    const held = JSON.stringify({ accessKeyId: made.key.id, secretAccessKey: made.key.secret });
    const next = made.aws.addSecret('shop/other', managedSecret, held);
    const get = made.aws.handles['secretsmanager:GetSecretValue'];
    const mended = () => Object.assign(made.aws.handles, { 'secretsmanager:GetSecretValue': get });
    made.aws.handles['secretsmanager:GetSecretValue'] = (input) => {
      if (input.SecretId === next.arn) throw error;
      return get(input);
    };
    const { found } = await respond(made);
    expect(found.stage).toBe('parked');
    return { made, id: found.id, found, next, mended, newKey: heldBy(made).accessKeyId };
  }

  it.each(refusals)('tells of the first by record, report, command and rollback (refused %s)', async (_, error) => {
    const { made, id, found, newKey } = await parked(error);
    const rotation = { secret: made.secret.arn, outcome: 'rotated', oldKeyId: made.key.id, newKeyId: newKey };
    expect(newKey).not.toBe(made.key.id);
    expect([found.rotations, found.work.rotated]).toEqual([[expect.objectContaining(rotation)], undefined]);
    expect(found.facts.park).toMatchObject({ error: { message: expect.anything() }, rotations: [rotation] });
    const html = reportOf(made, id);
    expect(sectionOf(html, 'actions')).toContain(`${made.key.id} → ${newKey}`);
    expect(sectionOf(html, 'actions')).not.toContain('No secret was rotated');
    expect(sectionOf(html, 'happened')).toContain(`${made.key.id} replaced by ${newKey}`);
    expect(await printed(made, id)).toContain(`rotated   ${made.secret.arn}: rotated, ${made.key.id} -> ${newKey}`);
    expect(await made.rollback(id)).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ credential: made.secret.arn, outcome: 'kept' })]),
    });
    expect(await made.verify(id)).toMatchObject({ ok: true });
  });

  it('tells of it once, where the next run goes on', async () => {
    const { made, id, next, mended, newKey } = await parked(refusals[0]?.[1] as Error);
    mended();
    made.aws.secrets.delete(next.arn);
    await made.control({ control: 'retry', caseId: id });
    await made.drain();
    const { rotations } = await made.register.load(id);
    expect(rotations.map(({ newKeyId }) => newKeyId)).toEqual([newKey]);
  });

  it('tells of it, too, where the stop switch holds back what a retry would do', async () => {
    const made = seed();
    const held = JSON.stringify({ accessKeyId: made.key.id, secretAccessKey: made.key.secret });
    const next = made.aws.addSecret('shop/other', managedSecret, held);
    const get = made.aws.handles['secretsmanager:GetSecretValue'];
    made.aws.handles['secretsmanager:GetSecretValue'] = (input) => {
      if (input.SecretId !== next.arn) return get(input);
      made.register.setStopSwitch({ stopped: true, by: 'olga', at: '2026-08-20T10:00:00Z', reason: 'drill' });
      throw refusals[1]?.[1];
    };
    const { found } = await respond(made);
    expect(found.facts.rotate).toMatchObject({
      rotations: [{ newKeyId: heldBy(made).accessKeyId }],
      brake: { is: 'stopped' },
    });
  });
});

describe('rescind case show', () => {
  it('does not say of a secret that the case rotated it where its owner had done so before', async () => {
    const made = seed();
    made.before.rotate = () => {
      const { id, secret } = made.aws.addKey(made.alice);
      for (const { labels } of made.secret.versions.values())
        if (labels.delete('AWSCURRENT')) labels.add('AWSPREVIOUS');
      const value = JSON.stringify({ accessKeyId: id, secretAccessKey: secret });
      made.secret.versions.set('by-its-owner', { value, labels: new Set(['AWSCURRENT']) });
    };
    const { found } = await respond(made);
    expect(await printed(made, found.id)).toMatch(/rotated {3}arn:\S+: already-rotated, AKIA\w+ -> AKIA/);
  });
});

describe('the report of a case that was opened again and parked', () => {
  it('has the open points of its last verification', async () => {
    const made = seed();
    const { found } = await respond(made);
    made.clock.pass(37 * hours);
    made.key.status = 'Active';
    await made.look(found.id);
    made.before.verify = () => {
      made.key.status = 'Active';
    };
    for (const message of made.sent) await made.control(message);
    await made.drain();
    const { stage, facts } = await made.register.load(found.id);
    expect(stage).toBe('parked');
    const open = sectionOf(reportOf(made, found.id), 'open');
    for (const point of facts.verify?.openPoints ?? []) expect(open).toContain(point);
  });
});

describe('the rung canary-denied', () => {
  it('compares nothing where the secret holds somebody else’s key by now', async () => {
    const made = seed();
    const foreign = made.aws.addKey(made.aws.addUser('bob'));
    made.before.verify = () => {
      const current = [...made.secret.versions.values()].find(({ labels }) => labels.has('AWSCURRENT'));
      if (current) current.value = JSON.stringify({ accessKeyId: foreign.id, secretAccessKey: foreign.secret });
    };
    const { found } = await respond(made);
    const key = found.facts.verify?.credentials.find(({ credential }) => credential.startsWith('access-key'));
    expect(key?.rungs['canary-denied']).toMatchObject({
      result: 'not available',
      reason: expect.stringContaining('is no key of arn:aws:iam::111122223333:user/alice'),
    });
  });
});
