import { setTimeout as pause } from 'node:timers/promises';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Case } from '#core/case';
import type { Cloud } from '../cloud.ts';
import { type ApplicationSummary, application } from '../personas/application.ts';
import { type AttackerSummary, attacker } from '../personas/attacker.ts';
import { bystander } from '../personas/bystander.ts';
import type { LoopSummary } from '../personas/steady-loop.ts';
import { type SeededDecoy, type SeededUser, seeder, writesOrders } from '../seed.ts';
import { simulator } from '../simulate.ts';
import { type IdentityState, usersOf } from './account.ts';
import type { Display } from './display.ts';
import { type Expectation, expectationOf } from './expect.ts';
import { leakedKeyFinding } from './finding.ts';
import { follow } from './follow.ts';
import { type Addressee, type Readdressed, readdress } from './readdress.ts';
import { type Standing, standingIn } from './standing.ts';

export const decoyName = 'payments-api';

/** What happened, as the personas and the account's administrator saw it. */
export interface StoryRun {
  expectation: Expectation;
  found: Case | null;
  decoy: SeededDecoy;
  operator: SeededUser;
  attacker: AttackerSummary;
  application: ApplicationSummary;
  bystander: LoopSummary;
  before: Map<string, IdentityState>;
  after: Map<string, IdentityState>;
  /** Key id in the secret now. */
  currentKeyId: string;
  /** What was in the account before the event. */
  standing: Standing;
  /** Milliseconds since the epoch. */
  acceptedAt: number;
  changes: string[];
  secrets: string[];
}

/** An IAM user's key has leaked; an application lives on it, and somebody else's work goes on beside it. */
export async function userKey(cloud: Cloud, event: unknown, display: Display): Promise<StoryRun> {
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
    secretId: decoy.secret.arn,
    reader: decoy.reader.key,
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
  return {
    ...{ expectation, found, decoy, operator, ...summaries, before, standing, acceptedAt, changes },
    after: await usersOf(engine),
    currentKeyId: current.accessKeyId,
    secrets: [decoy, neighbour, operator, decoy.reader]
      .map(({ key }) => key.secretAccessKey)
      .concat(current.secretAccessKey),
  };
}

function addressed(event: unknown, to: Addressee): Readdressed {
  if (event !== undefined) return readdress(event, to);
  return { ...readdress(leakedKeyFinding(to, new Date()), to), changes: [] };
}

const showRecord = (display: Display, since: number) => (step: string, found: Case) => {
  const seconds = ((performance.timeOrigin + performance.now() - since) / 1000).toFixed(2);
  display.line(`  ${seconds.padStart(6)} s  ${step.padEnd(13)} ${tellingOf(step, found)}`);
};

/** One line of what a step did, for people. */
function tellingOf(step: string, { facts, identity, signal }: Case): string {
  switch (step) {
    case 'open':
      return `case of ${identity.key}, ${signal}`;
    case 'contain':
      return (
        facts.contain?.done.map(({ action, credential }) => `${action} ${credential}`).join(', ') || 'nothing was cut'
      );
    case 'triage':
      return `${facts.triage?.secrets.length ?? 0} secret, ${facts.triage?.plan.length ?? 0} planned actions`;
    case 'assign-owner':
      return facts['assign-owner']?.owner ? `owner ${facts['assign-owner'].owner.owner}` : 'no owner found';
    case 'rotate':
      return (
        facts.rotate?.rotations.map(({ oldKeyId, newKeyId }) => `${oldKeyId} → ${newKeyId}`).join(', ') || 'nothing'
      );
    case 'revoke':
      return facts.revoke?.keys.map(({ keyId, note }) => `${keyId} ${note}`).join(', ') ?? '';
    case 'verify':
      return facts.verify?.credentials.map(({ credential, verdict }) => `${credential}: ${verdict}`).join(', ') ?? '';
    case 'close':
      return `verdict ${facts.close?.verdict}`;
    default:
      return facts.park ? `parked: ${facts.park.reason}` : '';
  }
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
