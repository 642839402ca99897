import { setTimeout as pause } from 'node:timers/promises';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Case } from '#core/case';
import type { Cloud } from '../cloud.ts';
import { leakedKeyFinding } from '../demo/finding.ts';
import { steadyLoop } from '../personas/steady-loop.ts';
import { type Credential, clientConfig, now } from '../personas/work.ts';
import { registerOf } from '../register.ts';
import { type SeededUser, seeder, writesOrders } from '../seed.ts';
import { simulator } from '../simulate.ts';
import { type Figure, figure, median, percentile } from './figure.ts';
import { peerSources } from './peer-app.ts';

/** Runs before the measured ones: the first of each pipeline starts its Lambdas. */
export const warmUps = 3;
const patienceMs = 20_000;
const mostRatio = 1.5;

export const benchDecoy = (run: number) => `bench-decoy-${run}`;

/** One warm run of Rescind, for what its logs tell. */
export interface RescindRun {
  caseId: string;
  acceptedAt: number;
  refusedAt: number;
}

export interface CutTimes {
  rescind: RescindRun[];
  /** Milliseconds from the reply of PutEvents to the first refused call. */
  times: Record<'rescind' | 'barest' | 'direct', number[]>;
}

/**
 * Each pipeline in turn, round after round, so that whatever slows the machine down hits all three. Every run has a
 * user of its own, whose key one loop uses every few milliseconds; what a run leaves going is waited for.
 */
export async function cutTimes(
  cloud: Cloud,
  busName: string,
  runs: number,
  onRound: (n: number) => void,
): Promise<CutTimes> {
  const { engine } = cloud;
  const seed = seeder(engine);
  await seed.orders();
  const operator = await seed.operator('bench-operator');
  const rounds = [];
  for (let n = 0; n < runs + warmUps; n += 1) {
    const peers = {
      barest: await seed.bystander(`bench-barest-${n}`),
      direct: await seed.bystander(`bench-direct-${n}`),
    };
    rounds.push({ ...peers, decoy: await seed.decoy(benchDecoy(n), 'team-bench') });
  }
  seed.close();
  const simulated = await simulator(cloud, operator.key);
  const peers = peerBus(cloud, busName);
  const measured: CutTimes = { rescind: [], times: { rescind: [], barest: [], direct: [] } };
  for (const [n, { decoy, barest, direct }] of rounds.entries()) {
    onRound(n - warmUps);
    const to = { decoy, sessionKeyId: '', account: engine.account, region: engine.region };
    const Detail = JSON.stringify(leakedKeyFinding(to, new Date()));
    const event = { Source: 'rescind.simulated.guardduty', DetailType: 'GuardDuty Finding', Detail };
    const ours = await untilRefused(cloud, decoy.key, () => simulated.put(event));
    const caseId = (await whenClosed(cloud, decoy)).id;
    const shaped = await untilRefused(cloud, barest.key, () => peers.put(peerSources.barest, barest));
    await pause(200);
    const alone = await untilRefused(cloud, direct.key, () => peers.put(peerSources.direct, direct));
    await pause(200);
    if (n < warmUps) continue;
    measured.rescind.push({ caseId, ...ours });
    for (const [name, run] of [
      ['rescind', ours],
      ['barest', shaped],
      ['direct', alone],
    ] as const)
      measured.times[name].push(run.refusedAt - run.acceptedAt);
  }
  simulated.close();
  peers.close();
  return measured;
}

async function untilRefused({ engine }: Cloud, key: Credential, put: () => Promise<number>) {
  const worker = writesOrders('attacker')(clientConfig(engine, key));
  const loop = steadyLoop(worker.call, { everyMs: 2 });
  const late = new AbortController();
  try {
    await loop.served;
    const acceptedAt = await put();
    const given = pause(patienceMs, 'late', { signal: late.signal }).catch(() => 'late');
    if ((await Promise.race([loop.refused, given])) === 'late') throw new Error('the attacker was not refused in time');
    const { firstRefusal, faults } = await loop.stop();
    if (!firstRefusal || faults > 0) throw new Error(`the attacker met ${faults} faults`);
    return { acceptedAt, refusedAt: firstRefusal.at };
  } finally {
    late.abort();
    await loop.stop();
    worker.close();
  }
}

/** The rest of the case runs on after the cut; the next measurement must not run beside it. */
async function whenClosed({ engine, outputs }: Cloud, { name }: SeededUser): Promise<Case> {
  const register = registerOf(engine, outputs.RegisterTable);
  const until = now() + patienceMs;
  while (now() < until) {
    const found = (await register.list(3)).find(({ identity }) => identity.name === name);
    if (found?.stage === 'closed') return found;
    if (found?.stage === 'parked') throw new Error(`${found.id} was parked: ${found.facts.park?.reason}`);
    await pause(100);
  }
  throw new Error(`the case of ${name} is not closed after ${patienceMs / 1000} s`);
}

function peerBus({ engine: { endpoint, region, root } }: Cloud, EventBusName: string) {
  const bus = new EventBridgeClient({ endpoint, region, credentials: root });
  return {
    async put(Source: string, { name, key }: SeededUser): Promise<number> {
      const Detail = JSON.stringify({ userName: name, accessKeyId: key.accessKeyId });
      const entry = { EventBusName, Source, DetailType: 'Leaked key', Detail };
      const { FailedEntryCount } = await bus.send(new PutEventsCommand({ Entries: [entry] }));
      const at = now();
      if (FailedEntryCount) throw new Error('the bus of the peers refused the event');
      return at;
    },
    close: () => bus.destroy(),
  };
}

/** Three pipelines, and how much longer than the barest of its shape Rescind takes. */
export function cutTimeFigures({ times }: CutTimes): Figure[] {
  const how = `reply of PutEvents to the first refused call of a loop with the key (a call every few ms), ${times.rescind.length} warm runs each of Rescind, of the barest pipeline (rule, queue, Lambda, machine, Lambda with the same two writes) and of one Lambda behind a rule, in turn on one engine; 150 ms of the first two are the engine's fixed start of an execution`;
  const named = {
    rescind: 'event to cut, Rescind',
    barest: 'event to cut, barest pipeline',
    direct: 'event to cut, one Lambda',
  };
  const rows = (Object.keys(named) as (keyof typeof named)[]).flatMap((name) => [
    figure(`${named[name]}, median`, median(times[name]), 'ms', how),
    figure(`${named[name]}, p95`, percentile(times[name], 0.95), 'ms', how),
  ]);
  const ratio = (of: (values: number[]) => number) => of(times.rescind) / of(times.barest);
  const p95 = (values: number[]) => percentile(values, 0.95);
  return [
    ...rows,
    figure('event to cut, Rescind to barest, median', ratio(median), 'x', how, mostRatio),
    figure('event to cut, Rescind to barest, p95', ratio(p95), 'x', how, mostRatio),
  ];
}
