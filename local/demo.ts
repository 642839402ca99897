import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { CredentialProof } from '#core/case';
import { type Cloud, startCloud } from './cloud.ts';
import { type Check, checksOf } from './demo/checks.ts';
import { display, paint } from './demo/display.ts';
import { evidenceChecks, traceChecks } from './demo/evidence.ts';
import { decoyName, type StoryRun, userKey } from './demo/user-key.ts';
import { givenEndpoint } from './given-engine.ts';
import { LocalError } from './local-error.ts';

const usage = `usage: npm run demo -- [--story user-key] [--event FILE] [--keep] [--json]

  --story NAME   one story (default: all; there is user-key)
  --event FILE   an EventBridge envelope or a bare GuardDuty finding, re-addressed to the seeded decoy
  --keep         leaves the engine up until Ctrl-C, and prints endpoint, credentials and outputs
  --json         one JSON object on stdout, words on stderr

  RESCIND_ENDPOINT=http://127.0.0.1:PORT uses an engine that runs already (one of --keep), and leaves it running`;

const home = resolve(import.meta.dirname, '..');
const dir = join(home, '.local', 'demo');
const stories = { 'user-key': userKey };

/** The settings of the demo, as an operator would write them into a RESCIND_SETTINGS file. */
const settings = (suffix: string) => ({
  mode: 'enforce',
  simulation: true,
  decoys: [`arn:aws:iam::000000000000:user/${decoyName}${suffix}`],
  cutoffLeadSeconds: 1,
  newKeyPatienceSeconds: 10,
  canaryPatienceSeconds: 10,
});

interface Options {
  event: unknown;
  keep: boolean;
  json: boolean;
  story: keyof typeof stories;
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
    const story = values.story ?? 'user-key';
    if (!Object.hasOwn(stories, story)) throw new UsageError(`--story ${story}: there is only user-key`);
    const event = values.event === undefined ? undefined : readEventFile(values.event);
    return { story: story as keyof typeof stories, event, keep: values.keep, json: values.json };
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(`${(error as Error).message}\n${usage}`);
  }
}

function readEventFile(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`--event ${file}: ${(error as Error).message}`);
  }
}

async function main(args: string[]): Promise<number> {
  const { event, keep, json, story } = options(args);
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
  const cloud = await startCloud({ dir, settings, endpoint, onProgress: screen.doing });
  try {
    const run = await stories[story](cloud, event, { ...screen, line });
    screen.doing('exporting and verifying the evidence');
    const evidence = run.found && (await evidenceChecks(cloud, run, run.found, dir));
    for (const text of summaryOf(run, evidence?.told ?? [])) line(text);
    const checks = [...checksOf(run), ...(evidence?.checks ?? []), ...(await traceChecks(cloud, run, printed))];
    screen.end();
    for (const { name, ok, detail } of checks)
      line(`${ok ? colour.good('✔') : colour.bad('✘')} ${name}  ${colour.dim(detail)}`);
    const result = resultOf(cloud, story, run, evidence?.paths ?? null, checks);
    if (run.found)
      line(
        `\nreport  ${result.cases[0]?.report}\npack    ${result.cases[0]?.pack}\npolicy  ${result.cases[0]?.policy} (issued by this demo itself)`,
      );
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

function summaryOf(run: StoryRun, told: string[]): string[] {
  const { attacker, application, before, after, decoy, found } = run;
  const refusal = (who: string, { firstRefusal }: StoryRun['bystander']) =>
    `  ${who.padEnd(24)} ${firstRefusal ? `refused after ${seconds(run, firstRefusal.at)} s by ${firstRefusal.name}` : 'never refused'}`;
  const state = (users: typeof before) =>
    users
      .get(decoy.name)
      ?.keys.map(({ id, status }) => `${id} ${status}`)
      .join(', ');
  return [
    '',
    'who was refused',
    refusal('attacker, leaked key', attacker.key),
    refusal('attacker, its session', attacker.session),
    `  ${'application'.padEnd(24)} ${application.refused.length} attempts refused, ${application.done} of ${application.accepted} done${application.gapMs === null ? '' : `, without a key for ${Math.round(application.gapMs)} ms`}`,
    refusal('bystander', run.bystander),
    '',
    `${decoy.name} before  ${state(before)}`,
    `${decoy.name} after   ${state(after)}`,
    ...(found?.facts.verify?.credentials ?? []).flatMap(({ credential, verdict, rungs }) => [
      '',
      `${credential}: ${verdict}`,
      ...Object.entries(rungs).map(
        ([rung, { result, reason }]) => `  ${rung.padEnd(14)} ${result.padEnd(14)} ${reason}`,
      ),
    ]),
    ...(told.length > 0 ? ['', ...told] : []),
    '',
  ];
}

const seconds = ({ acceptedAt }: StoryRun, at: number) => ((at - acceptedAt) / 1000).toFixed(3);

function resultOf(
  { engine }: Cloud,
  story: string,
  run: StoryRun,
  paths: { pack: string; policy: string; report: string } | null,
  checks: Check[],
) {
  const { found } = run;
  const cutAt = run.attacker.key.firstRefusal?.at;
  const fromRoot = (path: string | undefined) => (path ? relative(home, path) : null);
  return {
    ok: checks.every(({ ok }) => ok),
    engine: { version: engine.version, endpoint: engine.endpoint, authorisation: 'enforced' },
    cases: found
      ? [
          {
            id: found.id,
            story,
            stage: found.stage,
            identity: found.identity,
            verdict: found.facts.close?.verdict ?? null,
            rungs: (found.facts.verify?.credentials ?? []) satisfies CredentialProof[],
            secondsToCut: cutAt === undefined ? null : Number(seconds(run, cutAt)),
            pack: fromRoot(paths?.pack),
            policy: fromRoot(paths?.policy),
            report: fromRoot(paths?.report),
          },
        ]
      : [],
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

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const known = error instanceof LocalError || error instanceof UsageError;
  process.stderr.write(known ? `${error.message}\n` : `${(error as Error).stack}\n`);
  const wrongUsage = error instanceof UsageError || (error instanceof LocalError && error.code === 'ENDPOINT_REFUSED');
  process.exitCode = wrongUsage ? 2 : error instanceof LocalError ? 3 : 1;
}
process.exit();
