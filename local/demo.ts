import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { CredentialProof } from '#core/step-facts';
import { visible } from '#core/visible';
import { type Cloud, startCloud } from './cloud.ts';
import { display, paint } from './demo/display.ts';
import { evidenceChecks, traceChecks } from './demo/evidence.ts';
import { type StoryName, stories, storySettings } from './demo/stories.ts';
import type { Check, Played } from './demo/story.ts';
import { proofLines, secondsAfter } from './demo/telling.ts';
import type { Engine } from './engine.ts';
import { givenEndpoint } from './given-engine.ts';
import { explained, LocalError } from './local-error.ts';
import { endWithParent } from './stop-with-us.ts';

const usage = `usage: npm run demo -- [--story NAME] [--event FILE] [--keep] [--json]

  --story NAME   one story: user-key or role-session (default: all, one after the other)
  --event FILE   an EventBridge envelope or a bare GuardDuty finding, re-addressed to the decoy of user-key;
                 (account, Region, names, ids and keys of its users); that story alone is played
  --keep         leaves the engine up until Ctrl-C, and prints endpoint, credentials and outputs
  --json         one JSON object on stdout, words on stderr

  RESCIND_ENDPOINT=http://127.0.0.1:PORT uses an engine that runs already (one of --keep), and leaves it running`;

const home = resolve(import.meta.dirname, '..');
const dir = join(home, '.local', 'demo');

interface Options {
  event: object | undefined;
  keep: boolean;
  json: boolean;
  stories: StoryName[];
}

/** What is wrong with the call, in one line: exit 2. */
class UsageError extends Error {}

function options(args: string[]): Options {
  try {
    const { values } = parseArgs({
      args,
      options: {
        story: { type: 'string' },
        event: { type: 'string' },
        keep: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) throw new UsageError(usage);
    const all = Object.keys(stories) as StoryName[];
    const story = values.story ?? (values.event === undefined ? undefined : 'user-key');
    const chosen = story === undefined ? all : all.filter((name) => name === story);
    if (chosen.length === 0) throw new UsageError(`--story ${story}: there is ${all.join(' and ')}`);
    if (values.event !== undefined && story !== 'user-key')
      throw new UsageError(`--event goes with the story user-key, not with ${story}`);
    const event = values.event === undefined ? undefined : readEventFile(values.event);
    return { stories: chosen, event, keep: values.keep, json: values.json };
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(`${(error as Error).message}\n${usage}`);
  }
}

function readEventFile(file: string): object {
  let event: object | undefined;
  try {
    event = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`--event ${file}: ${visible((error as Error).message)}`);
  }
  if (typeof event !== 'object' || event === null || Array.isArray(event))
    throw new UsageError(`--event ${file}: the file must hold one EventBridge envelope or one GuardDuty finding`);
  const { source } = event as { source?: unknown };
  if (source !== undefined && source !== 'aws.guardduty' && source !== 'rescind.simulated.guardduty')
    throw new UsageError(
      `--event ${file}: an event of ${visible(String(source))}, and the demo plays those of GuardDuty`,
    );
  return event;
}

async function main(args: string[]): Promise<number> {
  const { event, keep, json, stories: chosen } = options(args);
  const endpoint = givenEndpoint();
  const out = json ? process.stderr : process.stdout;
  const screen = display(out);
  const colour = paint(out);
  let printed = '';
  const line = (text = '') => {
    printed += `${text}\n`;
    screen.line(text);
  };
  mkdirSync(dir, { recursive: true });
  // An engine of --keep still works in its folder; it takes that along when it ends.
  for (const name of readdirSync(dir))
    if (!name.startsWith('engine-')) rmSync(join(dir, name), { recursive: true, force: true });
  const onEngineDeath = (error: LocalError) => {
    screen.end();
    process.stderr.write(`${error.message}\n`);
    process.exit(3);
  };
  const settings = ({ suffix }: Engine) => storySettings(suffix);
  const cloud = await startCloud({ dir, settings, endpoint, onProgress: screen.doing, onEngineDeath });
  try {
    const told: Told[] = [];
    for (const story of chosen) {
      if (chosen.length > 1) line(`\n${colour.bold(story)}`);
      const run = await stories[story](cloud, event, { ...screen, line });
      screen.doing('exporting and verifying the evidence');
      const ran = run.found?.stage === 'noted' ? null : run.found;
      const evidence = ran && (await evidenceChecks(cloud, run, ran, join(dir, story)));
      for (const text of ['', ...run.told, ...proofLines(run.found), '', ...(evidence?.told ?? []), '']) line(text);
      const checks = [...run.checks, ...(evidence?.checks ?? []), ...(await traceChecks(cloud, run, printed))];
      for (const { name, ok, detail } of checks)
        line(`${ok ? colour.good('✔') : colour.bad('✘')} ${name}  ${colour.dim(detail)}`);
      told.push({ story, run, paths: evidence?.paths ?? null, checks });
    }
    screen.end();
    const result = resultOf(cloud, told);
    for (const { story, report, pack, policy } of result.cases.filter(({ stage }) => stage !== 'noted'))
      line(`\n${story}\nreport  ${report}\npack    ${pack}\npolicy  ${policy} (issued by this demo itself)`);
    line(result.ok ? colour.good('\nevery check held') : colour.bad('\nnot every check held'));
    writeFileSync(join(dir, 'result.json'), JSON.stringify(result, null, 2));
    if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
    if (keep) await stay(cloud, line);
    return result.ok ? 0 : 1;
  } finally {
    screen.end();
    await cloud.stop();
  }
}

interface Told {
  story: StoryName;
  run: Played;
  paths: { pack: string; policy: string; report: string } | null;
  checks: Check[];
}

const fromRoot = (path: string | undefined) => (path ? relative(home, path) : null);

function resultOf({ engine }: Cloud, told: Told[]) {
  const checks = told.flatMap(({ story, checks: own }) =>
    own.map((check) => ({ ...check, name: `${story}: ${check.name}` })),
  );
  return {
    ok: checks.every(({ ok }) => ok),
    engine: { version: engine.version, endpoint: engine.endpoint, authorisation: 'enforced' },
    cases: told.flatMap(({ story, run, paths }) => {
      const { found, cutAt } = run;
      if (!found) return [];
      return [
        {
          id: found.id,
          story,
          stage: found.stage,
          identity: found.identity,
          verdict: found.facts.close?.verdict ?? null,
          rungs: (found.facts.verify?.credentials ?? []) satisfies CredentialProof[],
          secondsToCut: cutAt === null ? null : Number(secondsAfter(run, cutAt)),
          pack: fromRoot(paths?.pack),
          policy: fromRoot(paths?.policy),
          report: fromRoot(paths?.report),
        },
      ];
    }),
    checks,
  };
}

/** Keeps the engine for somebody who wants to look around; it ends with this process, so it can outlive nothing. */
async function stay({ engine, outputs }: Cloud, line: (text: string) => void): Promise<void> {
  line(
    `\nthe engine stays up until Ctrl-C:\n  AWS_ENDPOINT_URL=${engine.endpoint} AWS_REGION=${engine.region} AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test`,
  );
  for (const [name, value] of Object.entries(outputs)) line(`  ${name}=${value}`);
  await new Promise(() => setInterval(() => undefined, 60_000));
}

endWithParent();
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (thrown) {
  const error = explained(thrown);
  const known = error instanceof LocalError || error instanceof UsageError;
  process.stderr.write(known ? `${error.message}\n` : `${(error as Error).stack}\n`);
  const wrongUsage = error instanceof UsageError || (error instanceof LocalError && error.code === 'ENDPOINT_REFUSED');
  process.exitCode = wrongUsage ? 2 : error instanceof LocalError ? 3 : 1;
}
process.exit();
