import { setTimeout as pause } from 'node:timers/promises';
import type { Case } from '#core/case';
import type { Cloud } from '../cloud.ts';
import { leakedKeyFinding } from '../demo/finding.ts';
import { steadyLoop } from '../personas/steady-loop.ts';
import { clientConfig, now } from '../personas/work.ts';
import { registerOf } from '../register.ts';
import { type SeededDecoy, seeder, writesOrders } from '../seed.ts';
import { type SimulatedEvent, simulator } from '../simulate.ts';
import { executionsIn } from './executions.ts';
import { type Figure, figure } from './figure.ts';

const perIdentity = 5;
const patienceMs = 600_000;
/** Every step that runs is a process of the engine, of some 100 MB: 200 cases at once have exhausted 24 GiB. */
const mostRunning = 16;
/** PutEvents takes ten entries (EventBridge API Reference). */
const mostEntries = 10;

/** The one identity of the storm that exists, and may be cut. */
export const stormDecoy = 'storm-decoy';

export interface Storm {
  identities: number;
  findings: number;
  cases: Case[];
  /** Seconds from the first event to the attacker's first refused call, and until the last finding was attached. */
  firstCut: number;
  lastAttached: number;
}

/**
 * Five findings on each of so many identities, as fast as the engine holds the cases. The first is about a key that is
 * in use; the other identities are names alone, as whoever floods would make them up.
 */
export async function storm(cloud: Cloud, identities: number): Promise<Storm> {
  const { engine, outputs } = cloud;
  const seed = seeder(engine);
  await seed.orders();
  const decoy = await seed.decoy(stormDecoy, 'team-storm');
  const operator = await seed.operator('storm-operator');
  seed.close();
  const findings = identities * perIdentity;
  const events = Array.from({ length: findings }, (_, n) => eventOf(cloud, decoy, n));
  const register = registerOf(engine, outputs.RegisterTable);
  const before = new Set((await register.list(1000)).map(({ id }) => id));

  const attacker = writesOrders('storm')(clientConfig(engine, decoy.key));
  const loop = steadyLoop(attacker.call, { everyMs: 50 });
  await loop.served;
  const bus = await simulator(cloud, operator.key);
  const begunAt = now();
  const executions = executionsIn(cloud);
  const others = (await executions.casesAtRest()).size;
  for (let from = 0; from < findings; from += mostEntries) {
    while (from / perIdentity - ((await executions.casesAtRest()).size - others) >= mostRunning) await pause(200);
    await putAgain(bus, events.slice(from, from + mostEntries));
  }
  executions.close();
  bus.close();

  let cases: Case[] = [];
  while (attachedTo(cases) < findings && now() - begunAt < patienceMs) {
    await pause(1000);
    cases = (await register.list(1000)).filter(({ id }) => !before.has(id));
  }
  const lastAttached = (now() - begunAt) / 1000;
  const { firstRefusal } = await loop.stop();
  attacker.close();
  const firstCut = ((firstRefusal?.at ?? Number.NaN) - begunAt) / 1000;
  return { identities, findings, cases, firstCut, lastAttached };
}

/** The engine answers late under the storm. What had arrived all the same comes twice, as on AWS, and is known as a repeat. */
async function putAgain(
  bus: Awaited<ReturnType<typeof simulator>>,
  events: SimulatedEvent[],
  tries = 10,
): Promise<void> {
  try {
    await bus.put(...events);
  } catch (error) {
    if ((error as Error).name !== 'TimeoutError' || tries === 1) throw error;
    await putAgain(bus, events, tries - 1);
  }
}

const attachedTo = (cases: Case[]): number => cases.reduce((sum, { attached }) => sum + attached, 0);

function eventOf({ engine: { account, region } }: Cloud, decoy: SeededDecoy, n: number) {
  const of = Math.floor(n / perIdentity);
  const digits = String(of).padStart(4, '0');
  const about = {
    ...decoy,
    ...(of > 0 && {
      name: `storm-user-${of}`,
      uniqueId: `AIDASTORMSTORM00${digits}`,
      key: { accessKeyId: `AKIASTORMSTORM00${digits}`, secretAccessKey: '' },
    }),
  };
  const detail = leakedKeyFinding({ decoy: about, sessionKeyId: '', account, region }, new Date());
  const event: SimulatedEvent = {
    Source: 'rescind.simulated.guardduty',
    DetailType: 'GuardDuty Finding',
    Detail: JSON.stringify({ ...detail, id: `storm-${n}` }),
  };
  return event;
}

export function stormFigures({ identities, findings, cases, firstCut, lastAttached }: Storm): Figure[] {
  const names = new Set(cases.map(({ identity }) => identity.key)).size;
  const how = `${findings} simulated findings on ${identities} identities, put as fast as the engine holds the cases (${mostRunning} at once); the first is about a key in use`;
  return [
    figure(
      `storm of ${findings} findings: cases too many or too few for ${identities} identities`,
      Math.abs(cases.length - identities) + Math.abs(names - identities),
      '',
      how,
      0,
    ),
    figure(
      `storm of ${findings} findings: lost or doubled`,
      Math.abs(attachedTo(cases) - findings),
      '',
      `${how}; by what each case has attached`,
      0,
    ),
    figure('storm: first event to the first refused call', firstCut, 's', how),
    figure('storm: first event to the last finding attached', lastAttached, 's', how),
    figure('storm: share of that time that the first cut took', firstCut / lastAttached, '', how, 0.5),
  ];
}
