import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleFigures } from './bench/bundle-figures.ts';
import { costFigures } from './bench/cost.ts';
import { benchDecoy, cutTimeFigures, cutTimes, warmUps } from './bench/cut-time.ts';
import { evidenceFigures } from './bench/evidence-figures.ts';
import { invocations, warmDurations } from './bench/invocations.ts';
import { peerApp } from './bench/peer-app.ts';
import { readingFigures } from './bench/reading-figures.ts';
import { storm, stormDecoy, stormFigures } from './bench/storm.ts';
import { table } from './bench/table.ts';
import { wayToCutFigures } from './bench/way-to-cut.ts';
import { wholeCaseFigures, wholeCases } from './bench/whole-case.ts';
import { startCloud } from './cloud.ts';
import { display, paint } from './demo/display.ts';
import { storySettings } from './demo/stories.ts';
import { deploy } from './deploy.ts';
import type { Engine } from './engine.ts';
import { LocalError } from './local-error.ts';

const usage = `usage: npm run bench -- [--runs N] [--storm N] [--json]

  --runs N   measured runs of each pipeline, 1 to 40 (default: 20)
  --storm N  identities of the storm, five findings on each, 1 to 200 (default: 200)
  --json     one JSON object on stdout, words on stderr`;

const dir = join(resolve(import.meta.dirname, '..'), '.local', 'bench');

/** What is wrong with the call, in one line: exit 2. */
class UsageError extends Error {}

function options(args: string[]): { runs: number; identities: number; json: boolean } {
  try {
    const { values } = parseArgs({
      args,
      options: {
        runs: { type: 'string', default: '20' },
        storm: { type: 'string', default: '200' },
        json: { type: 'boolean', default: false },
      },
    });
    const upTo = (most: number, name: 'runs' | 'storm') => {
      const number = Number(values[name]);
      if (Number.isInteger(number) && number >= 1 && number <= most) return number;
      throw new UsageError(`--${name} ${values[name]}: give 1 to ${most}`);
    };
    return { runs: upTo(40, 'runs'), identities: upTo(200, 'storm'), json: values.json };
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(`${(error as Error).message}\n${usage}`);
  }
}

/** As the demo has them, with a decoy more for each run, and no brake after the twentieth cut. */
function settingsFor(runs: number, suffix: string) {
  const { decoys, ...settings } = storySettings(suffix);
  const names = [...Array.from({ length: runs + warmUps }, (_, n) => benchDecoy(n)), stormDecoy];
  const ours = names.map((name) => `arn:aws:iam::000000000000:user/${name}${suffix}`);
  return { ...settings, cutsPerHour: 1000, decoys: [...decoys, ...ours] };
}

async function main(args: string[]): Promise<number> {
  const { runs, identities, json } = options(args);
  const screen = display(process.stderr);
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  const cloud = await startCloud({
    dir,
    settings: ({ suffix }: Engine) => settingsFor(runs, suffix),
    onProgress: screen.doing,
  });
  try {
    const peers = join(dir, 'peers.out');
    screen.doing('deploying the pipelines to compare with');
    peerApp(peers, cloud.engine);
    const { Peers } = await deploy(cloud.engine, { cdkOut: peers, outputsFile: join(dir, 'peers.json') });
    const times = await cutTimes(cloud, Peers?.BusName ?? '', runs, (n) =>
      screen.doing(n < 0 ? 'warming up' : `event to cut: round ${n + 1} of ${runs}`),
    );
    screen.doing('playing the stories for their counts');
    const whole = await wholeCases(cloud);
    const warm = warmDurations(await invocations(cloud.engine));
    const way = await wayToCutFigures(cloud, times.rescind);
    screen.doing('importing every bundle cold');
    const bundles = bundleFigures(join(dir, 'cdk.out'));
    screen.doing('reading records of CloudTrail');
    const reading = readingFigures();
    screen.doing('verifying the evidence of 1,000 cases');
    const evidence = await evidenceFigures(cloud, whole[0]?.caseId ?? '', dir);
    screen.doing(`a storm of findings on ${identities} identities`);
    const stormed = await storm(cloud, identities);
    screen.end();
    const figures = [
      ...cutTimeFigures(times),
      ...way,
      ...whole.flatMap(wholeCaseFigures),
      ...whole.flatMap((each) => costFigures(each, { coldImport: bundles.coldImport, warm })),
      ...bundles.figures,
      ...evidence,
      ...reading,
      ...stormFigures(stormed),
    ];
    writeFileSync(join(dir, 'figures.json'), JSON.stringify({ figures }, null, 2));
    process.stdout.write(json ? `${JSON.stringify({ figures })}\n` : `${table(figures, paint(process.stdout))}\n`);
    return figures.every(({ ok }) => ok) ? 0 : 1;
  } finally {
    screen.end();
    await cloud.stop();
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const known = error instanceof LocalError || error instanceof UsageError;
  process.stderr.write(known ? `${error.message}\n` : `${(error as Error).stack}\n`);
  process.exitCode = error instanceof UsageError ? 2 : error instanceof LocalError ? 3 : 1;
}
process.exit();
