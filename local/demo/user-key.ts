import { setTimeout as pause } from 'node:timers/promises';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Cloud } from '../cloud.ts';
import { application } from '../personas/application.ts';
import { attacker } from '../personas/attacker.ts';
import { bystander } from '../personas/bystander.ts';
import { secretReader } from '../personas/secret-reader.ts';
import { seeder, writesOrders } from '../seed.ts';
import { simulator } from '../simulate.ts';
import { usersOf } from './account.ts';
import { checksOf, type UserKeyRun } from './checks.ts';
import type { Display } from './display.ts';
import { expectationOf } from './expect.ts';
import { leakedKeyFinding } from './finding.ts';
import { follow } from './follow.ts';
import { type Addressee, type Readdressed, readdress } from './readdress.ts';
import { standingIn } from './standing.ts';
import type { Played } from './story.ts';
import { keysOf, refusalLine, showRecord } from './telling.ts';

export const decoyName = 'payments-api';

/** An IAM user's key has leaked; an application lives on it, and somebody else's work goes on beside it. */
export async function userKey(cloud: Cloud, event: object | undefined, display: Display): Promise<Played> {
  const { engine } = cloud;
  display.doing('seeding a decoy, its application, and people around it');
  const seed = seeder(engine);
  await seed.orders();
  const decoy = await seed.decoy(decoyName, 'team-payments');
  const neighbour = await seed.bystander('orders-api');
  const operator = await seed.operator('operator');
  seed.close();

  const thief = await attacker(engine, decoy.key, writesOrders('attacker'));
  const app = await application(engine, {
    source: secretReader(engine, decoy.reader.key, decoy.secret.arn),
    work: writesOrders('application'),
  });
  const beside = bystander(engine, neighbour.key, writesOrders('bystander'));
  await Promise.all([thief.served, app.served, beside.served]);
  const before = await usersOf(engine);
  const standing = await standingIn(cloud);
  display.line('the leaked key works: attacker, application and bystander are all served');

  const to: Addressee = { decoy, sessionKeyId: thief.sessionKeyId, account: engine.account, region: engine.region };
  const { entry, changes } = addressed(event, to);
  const expectation = expectationOf(entry, cloud.settings);
  for (const change of changes) display.line(`  re-addressed ${change}`);
  const bus = await simulator(cloud, operator.key);
  display.doing('the finding is on the simulation bus');
  const acceptedAt = await bus.put(entry);
  bus.close();

  const opensCase = !['ignored', 'rejected'].includes(expectation.outcome);
  const found = await follow(cloud, standing.cases, showRecord(display, acceptedAt), opensCase ? 20_000 : 1_500);
  await pause(300);
  const summaries = { attacker: await thief.stop(), application: await app.stop(), bystander: await beside.stop() };
  const current = await currentKey(cloud, decoy.secret.arn);
  const run: UserKeyRun = {
    ...{ expectation, found, decoy, operator, ...summaries, before, standing, acceptedAt },
    cutAt: summaries.attacker.key.firstRefusal?.at ?? null,
    notTakenIn: expectation.outcome === 'rejected' ? 1 : 0,
    after: await usersOf(engine),
    currentKeyId: current.accessKeyId,
    secrets: [decoy, neighbour, operator, decoy.reader]
      .map(({ key }) => key.secretAccessKey)
      .concat(current.secretAccessKey),
  };
  return { ...run, told: toldOf(run), checks: checksOf(run) };
}

function toldOf(run: UserKeyRun): string[] {
  const { attacker, application: app, before, after, decoy } = run;
  return [
    'who was refused',
    refusalLine('attacker, leaked key', attacker.key, run),
    refusalLine('attacker, its session', attacker.session, run),
    `  ${'application'.padEnd(24)} ${app.refused.length} attempts refused, ${app.done} of ${app.accepted} done${app.gapMs === null ? '' : `, without a key for ${Math.round(app.gapMs)} ms`}`,
    refusalLine('bystander', run.bystander, run),
    '',
    `${decoy.name} before  ${keysOf(before.get(decoy.name))}`,
    `${decoy.name} after   ${keysOf(after.get(decoy.name))}`,
  ];
}

function addressed(event: object | undefined, to: Addressee): Readdressed {
  if (event !== undefined) return readdress(event, to);
  return { ...readdress(leakedKeyFinding(to, new Date()), to), changes: [] };
}

async function currentKey(
  { engine }: Cloud,
  secretId: string,
): Promise<{ accessKeyId: string; secretAccessKey: string }> {
  const secrets = new SecretsManagerClient({
    endpoint: engine.endpoint,
    region: engine.region,
    credentials: engine.root,
  });
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: secretId }));
  secrets.destroy();
  return JSON.parse(SecretString ?? '{}');
}
