import { IAMClient, UpdateAccessKeyCommand } from '@aws-sdk/client-iam';
import { GetSessionTokenCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, inject, it } from 'vitest';
import { tracesOf } from '../../local/demo/traces.ts';
import { clientConfig } from '../../local/personas/work.ts';
import { type SeededUser, writesOrders } from '../../local/seed.ts';
import { alertEvent } from '../sources/github-event.ts';
import { caseFor, cloud, register, seed, stateOf } from './account.ts';
import { mappedDecoy } from './deployed.ts';
import { pushToken, pushWebhook, token } from './push.ts';

const casesOf = async (key: string) => (await register.list(200)).filter(({ identity }) => identity.key === key);
const isActive = async ({ name, key }: { name: string; key: { accessKeyId: string } }) =>
  (await stateOf(name))?.keys.find(({ id }) => id === key.accessKeyId)?.status === 'Active';

/** How many messages the receiver has put on its queue, by its own log. */
async function sent(): Promise<number> {
  const traces = tracesOf(cloud);
  const calls = await traces.calls();
  traces.close();
  const own = calls.filter(({ function: name }) => name === 'rescind-receiver');
  return own.filter(({ actions }) => actions.includes('sqs:SendMessage')).length;
}

/** What a call is answered by a session that somebody has taken who signs in elsewhere and has no key in use. */
async function sessionOf({ name, key }: SeededUser): Promise<() => Promise<string>> {
  const { endpoint, region, root } = cloud.engine;
  const [sts, iam] = [
    new STSClient(clientConfig(cloud.engine, key)),
    new IAMClient({ endpoint, region, credentials: root }),
  ];
  const { Credentials } = await sts.send(new GetSessionTokenCommand({}));
  await iam.send(new UpdateAccessKeyCommand({ UserName: name, AccessKeyId: key.accessKeyId, Status: 'Inactive' }));
  for (const client of [sts, iam]) client.destroy();
  const session = {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
  const worker = writesOrders(name)(clientConfig(cloud.engine, session));
  return () =>
    worker.call(0).then(
      () => 'served',
      (error: Error) => error.name,
    );
}

describe('a security event token that is pushed', () => {
  it('refuses the sessions of the user and closes the case, where the table has his unique id and the settings its type', async () => {
    const person = inject('pinned');
    await seed.orders();
    const call = await sessionOf(person);
    expect(await call()).toBe('served');
    expect((await pushToken(await token('pinned'))).status).toBe(202);
    const found = await caseFor(`user/${cloud.engine.account}/${person.name}`);
    expect(found).toMatchObject({
      ...{ stage: 'closed', simulated: false, signal: 'immediate' },
      facts: { close: { verdict: 'contained-not-proven' } },
    });
    expect(await call()).toBe('AccessDeniedException');
  });

  it('is left to a person where the table has a name alone, and adds nothing where it is pushed again', async () => {
    const decoy = await seed.decoy(mappedDecoy, 'team-a');
    const pushed = await token('mapped');
    const first = await pushToken(pushed);
    expect([first.status, await first.text()]).toEqual([202, '']);
    expect((await pushToken(pushed)).status).toBe(202);
    const key = `user/${cloud.engine.account}/${decoy.name}`;
    const found = await caseFor(key);
    expect([found.stage, found.attached, found.facts.park?.needs]).toEqual(['parked', 1, 'an approval']);
    expect([await isActive(decoy), (await casesOf(key)).length]).toEqual([true, 1]);
  });

  it.each<[string, () => Promise<Response>]>([
    ['of another audience', async () => pushToken(await token('x', { aud: 'https://other.example.com' }))],
    ['that was changed', async () => pushToken(`${await token('x')}x`)],
    ['that is junk', () => pushToken('junk')],
  ])('%s gets 400 and opens no case', async (_, pushing) => {
    const before = (await register.list(200)).filter(({ identity }) => identity.key.startsWith('unknown/ssf/')).length;
    const response = await pushing();
    expect([response.status, response.headers.get('content-type')]).toEqual([400, 'application/json']);
    expect((await register.list(200)).filter(({ identity }) => identity.key.startsWith('unknown/ssf/'))).toHaveLength(
      before,
    );
  });
});

describe('an alert of GitHub about the id of a key', () => {
  let alerts = 0;
  /** An alert of its own about this user's key. */
  const alertOn = ({ key }: { key: { accessKeyId: string } }, overrides: object = {}) => {
    alerts += 1;
    const alert = { ...Object(alertEvent().alert), number: Date.now() + alerts, created_at: new Date().toISOString() };
    return JSON.stringify(alertEvent({ alert: { ...alert, secret: key.accessKeyId, ...overrides } }));
  };

  it('cuts that key, rotates its secret and closes the case, where the settings list its type as immediate', async () => {
    const decoy = await seed.decoy('leaked-to-github', 'team-a');
    expect((await pushWebhook(alertOn(decoy))).status).toBe(202);
    const found = await caseFor(`access-key/${decoy.key.accessKeyId}`);
    expect(found).toMatchObject({
      ...{ stage: 'closed', simulated: false, signal: 'immediate' },
      facts: { contain: { user: { name: decoy.name } }, rotate: { rotations: [{ outcome: 'rotated' }] } },
    });
    expect(await isActive(decoy)).toBe(false);
  });

  it('asks, and changes nothing before, where they do not', async () => {
    const decoy = await seed.decoy('public-on-github', 'team-a');
    expect((await pushWebhook(alertOn(decoy, { publicly_leaked: true }))).status).toBe(202);
    const found = await caseFor(`access-key/${decoy.key.accessKeyId}`);
    expect([found.stage, found.facts.park?.needs, await isActive(decoy)]).toEqual(['parked', 'an approval', true]);
  });

  it('that comes again is taken, and is no second finding', async () => {
    const decoy = await seed.decoy('twice-on-github', 'team-a');
    const [body, id] = [alertOn(decoy), crypto.randomUUID()];
    expect([(await pushWebhook(body, { id })).status, (await pushWebhook(body, { id })).status]).toEqual([202, 202]);
    const key = `access-key/${decoy.key.accessKeyId}`;
    const found = await caseFor(key);
    expect([found.attached, (await casesOf(key)).length]).toEqual([1, 1]);
  });

  it.each<[string, number, Parameters<typeof pushWebhook>[1]]>([
    ['signed by another secret', 401, { secret: 'guessed' }],
    ['with the signature of another body', 401, { signed: '{}' }],
    ['under the name of another event', 400, { event: 'push' }],
    ['to a path that is none', 404, { path: '/gitlab' }],
  ])('%s gets %s, and reaches no queue', async (name, status, delivery) => {
    const user = await seed.user(name.replaceAll(' ', '-'), []);
    const before = await sent();
    const response = await pushWebhook(alertOn(user), delivery);
    expect([response.status, response.headers.get('content-type')]).toEqual([status, 'application/json']);
    expect([await sent(), await casesOf(`access-key/${user.key.accessKeyId}`)]).toEqual([before, []]);
  });

  it('reaches the queue of received events where it is believed', async () => {
    const before = await sent();
    await pushWebhook(alertOn(await seed.user('believed', [])));
    expect(await sent()).toBe(before + 1);
  });
});
