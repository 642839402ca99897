import { setTimeout as pause } from 'node:timers/promises';
import type { Cloud } from '../cloud.ts';
import { application } from '../personas/application.ts';
import { bystander } from '../personas/bystander.ts';
import { sessionTaker } from '../personas/session-taker.ts';
import { sessionThief } from '../personas/session-thief.ts';
import { seeder, writesOrders } from '../seed.ts';
import { simulator } from '../simulate.ts';
import { rolesOf, usersOf } from './account.ts';
import type { Display } from './display.ts';
import { stolenSessionFinding } from './finding.ts';
import { follow } from './follow.ts';
import { type RoleSessionRun, roleSessionChecks } from './role-session-checks.ts';
import { standingIn } from './standing.ts';
import type { Played } from './story.ts';
import { refusalLine, showRecord } from './telling.ts';

export const roleName = 'fleet-worker';
const instance = 'i-0123456789abcdef0';

/** The session of an instance was stolen, and used to go on into another role; others work on the same role beside it. */
export async function roleSession(cloud: Cloud, _event: unknown, display: Display): Promise<Played> {
  const { engine } = cloud;
  display.doing('seeding a role, its workloads, and people around it');
  const seed = seeder(engine);
  await seed.orders();
  const launcher = await seed.launcher('fleet-launcher', roleName);
  const onwardName = 'fleet-reports';
  const onwardArn = `arn:aws:iam::${engine.account}:role/${onwardName}${engine.suffix}`;
  const role = await seed.role(roleName, [launcher.arn], { onward: onwardArn, tags: { owner: 'team-fleet' } });
  const onward = await seed.role(onwardName, [role.arn]);
  const neighbour = await seed.bystander('catalogue-api');
  const operator = await seed.operator('fleet-operator');
  seed.close();

  const instanceSessions = sessionTaker(engine, launcher.key, role.arn, instance);
  const first = await instanceSessions.read();
  const colleagueSessions = sessionTaker(engine, launcher.key, role.arn, 'nightly-export');
  const other = await colleagueSessions.read();
  colleagueSessions.close();
  let given: typeof first | null = first;
  const thief = await sessionThief(engine, first.credential, onward.arn, writesOrders('session-thief'));
  const workload = await application(engine, {
    source: {
      ...instanceSessions,
      async read() {
        const read = given ?? (await instanceSessions.read());
        given = null;
        return read;
      },
    },
    work: writesOrders('fleet'),
  });
  const colleague = bystander(engine, other.credential, writesOrders('nightly-export'));
  const beside = bystander(engine, neighbour.key, writesOrders('catalogue'));
  await Promise.all([thief.served, workload.served, colleague.served, beside.served]);
  const stateOf = async () => ({
    roles: await rolesOf(engine),
    users: JSON.stringify([...(await usersOf(engine))]),
  });
  const before = await stateOf();
  const standing = await standingIn(cloud);
  display.line('the stolen session works, and one of another role that was assumed with it');

  const about = { role, session: instance, sessionKeyId: first.credential.accessKeyId };
  const bus = await simulator(cloud, operator.key);
  display.doing('the finding is on the simulation bus');
  const acceptedAt = await bus.put({
    Source: 'rescind.simulated.guardduty',
    DetailType: 'GuardDuty Finding',
    Detail: JSON.stringify(stolenSessionFinding(about, engine, new Date())),
  });
  bus.close();

  const found = await follow(cloud, standing.cases, showRecord(display, acceptedAt), 20_000);
  // The cut-off lies ahead, so the workload is served again only once it has passed.
  await Promise.race([workload.servedAgain, pause(10_000)]);
  await pause(300);
  const seen = {
    thief: await thief.stop(),
    workload: await workload.stop(),
    colleague: await colleague.stop(),
    bystander: await beside.stop(),
  };
  const run: RoleSessionRun = {
    ...{ found, operator, standing, acceptedAt, role, onward, session: instance, before, ...seen },
    cutAt: seen.thief.copy.firstRefusal?.at ?? null,
    notTakenIn: 0,
    after: await stateOf(),
    secrets: [
      ...[launcher, neighbour, operator].map(({ key }) => key.secretAccessKey),
      ...[first, other].flatMap(({ credential }) => [credential.secretAccessKey, credential.sessionToken ?? '']),
    ].filter((secret) => secret !== ''),
  };
  return { ...run, told: toldOf(run), checks: roleSessionChecks(run) };
}

function toldOf(run: RoleSessionRun): string[] {
  const { thief, workload, role, onward, found } = run;
  const gap = workload.gapMs === null ? '' : `, without a session for ${Math.round(workload.gapMs)} ms`;
  return [
    'who was refused',
    refusalLine('attacker, stolen copy', thief.copy, run),
    `${refusalLine('attacker, gone on', thief.chained, run)}: a session of ${onward.name}, which this cut does not reach`,
    `  ${'workload'.padEnd(24)} ${workload.refused.length} attempts refused, ${workload.done} of ${workload.accepted} done${gap}`,
    refusalLine('another session', run.colleague, run),
    refusalLine('bystander', run.bystander, run),
    '',
    `${role.name} before  ${Object.keys(run.before.roles.get(role.name)?.policies ?? {}).join(', ')}`,
    `${role.name} after   ${Object.keys(run.after.roles.get(role.name)?.policies ?? {}).join(', ')}`,
    ...(found?.facts.close?.openPoints ?? []).map((point) => `  left to people: ${point}`),
  ];
}
