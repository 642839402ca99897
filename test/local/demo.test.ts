import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findingAbout, guarddutyFinding, roleKey } from '../sources/guardduty-finding.ts';
import { processesBelow } from './processes-below.ts';

const home = resolve(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'rescind-demo-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Result {
  ok: boolean;
  cases: {
    story: string;
    stage: string;
    verdict: string | null;
    secondsToCut: number | null;
    pack: string;
    report: string;
    policy: string;
  }[];
  checks: { name: string; ok: boolean; detail: string }[];
}

async function demo(
  env: Record<string, string>,
  ...args: string[]
): Promise<{ code: number; out: string; err: string }> {
  const child = spawn(process.execPath, ['local/demo.ts', ...args], {
    cwd: home,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, out, err };
}

async function told(event?: unknown): Promise<Result & { code: number }> {
  const file = join(folder, 'event.json');
  if (event !== undefined) writeFileSync(file, JSON.stringify(event));
  const { code, out, err } = await demo({}, '--json', ...(event === undefined ? [] : ['--event', file]));
  if (out === '') throw new Error(err);
  return { code, ...(JSON.parse(out) as Result) };
}

const failed = ({ checks }: Result) => checks.filter(({ ok }) => !ok);

const list = join(folder, 'list.json');
writeFileSync(list, '[]');
const health = join(folder, 'health.json');
writeFileSync(health, '{"source":"aws.health","detail":{}}');

describe('npm run demo', () => {
  it('plays both stories on one engine, verifies both packs, and every check holds', async () => {
    const result = await told();
    expect(failed(result)).toEqual([]);
    expect(result).toMatchObject({
      code: 0,
      ok: true,
      cases: ['user-key', 'role-session'].map((story) => ({ story, stage: 'closed', verdict: 'contained-not-proven' })),
    });
    // The picture in the README is of such a run.
    const picture = readFileSync(join(home, 'docs', 'demo.svg'), 'utf8')
      .replaceAll('&amp;', '&')
      .replaceAll('&apos;', "'");
    const shown = result.checks.map(({ name }) => name.replace(/^[a-z-]+: /, ''));
    expect(shown.filter((name) => !picture.includes(name))).toEqual([]);
    for (const told of result.cases) {
      expect(told.secondsToCut).toBeGreaterThan(0);
      for (const path of ['pack', 'report', 'policy'] as const) expect(existsSync(join(home, told[path]))).toBe(true);
    }
    expect(readFileSync(join(home, result.cases[0]?.policy ?? ''), 'utf8')).toContain('Self-issued');
  });

  it('ignores a sample finding, and the key that it names goes on working', async () => {
    const result = await told(
      guarddutyFinding({ service: { serviceName: 'guardduty', additionalInfo: { sample: true } } }),
    );
    expect(failed(result)).toEqual([]);
    expect(result).toMatchObject({ code: 0, cases: [] });
  });

  it('rejects what is no finding, which waits to become a dead letter', async () => {
    const result = await told(guarddutyFinding({ type: 'Recon:EC2 PortProbe' }));
    expect(failed(result)).toEqual([]);
    expect(result).toMatchObject({ code: 0, cases: [] });
  });

  it('contains a key that is told without a name: IAM says whose it is', async () => {
    const result = await told(findingAbout({ userName: undefined, principalId: undefined }));
    expect(failed(result)).toEqual([]);
    expect(result).toMatchObject({ code: 0, cases: [{ stage: 'closed' }] });
  });

  it('asks about the session of a role that the account does not have, and changes nothing', async () => {
    const result = await told(findingAbout(roleKey));
    expect(failed(result)).toEqual([]);
    expect(result).toMatchObject({ code: 0, cases: [{ stage: 'parked', verdict: null }] });
  });

  const corpus = process.env.RESCIND_CORPUS ?? resolve(home, '..', 'shared', 'corpus');
  const recorded = join(corpus, 'guardduty', 'awscli__guardduty-get-findings-0-0.json');
  it.skipIf(!existsSync(recorded))('runs on a public finding about the session of an IAM user', async () => {
    const result = await told(JSON.parse(readFileSync(recorded, 'utf8')));
    expect(failed(result)).toEqual([]);
  });

  it('stays with --keep, serves a second demo beside it, and leaves nothing when it is asked to end', async () => {
    const kept = spawn(process.execPath, ['local/demo.ts', '--keep', '--story', 'role-session'], {
      cwd: home,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let said = '';
    for await (const chunk of kept.stdout) {
      said += chunk;
      if (said.includes('SimulationPublisher=')) break;
    }
    const [, endpoint = ''] = /AWS_ENDPOINT_URL=(\S+)/.exec(said) ?? [];
    expect(said).toContain('every check held');
    const beside = await demo({ RESCIND_ENDPOINT: endpoint }, '--story', 'user-key', '--json');
    expect([beside.code, JSON.parse(beside.out).ok]).toEqual([0, true]);
    kept.kill('SIGINT');
    await once(kept, 'exit');
    await expect(fetch(endpoint)).rejects.toThrow();
  });

  it('says so in one line, and ends, where the engine dies under it', async () => {
    const dying = spawn(process.execPath, ['local/demo.ts', '--story', 'user-key'], {
      cwd: home,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    dying.stderr.on('data', (chunk) => {
      said += chunk;
    });
    const ended = once(dying, 'exit');
    for await (const chunk of dying.stdout) if (String(chunk).includes('cdk bootstrap')) break;
    for (const pid of processesBelow(join(home, '.local', 'demo')))
      if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('shim.py')) process.kill(pid, 'SIGKILL');
    const [code] = await ended;
    expect([code, said.trim().split('\n').length]).toEqual([3, 1]);
    expect(said).toMatch(/^the engine died while it was used: .*: run this again\n$/);
  });

  it.each([
    [['--story', 'none'], /--story none: there is user-key and role-session/],
    [['--story', 'role-session', '--event', 'none.json'], /--event goes with the story user-key/],
    [['--event', 'none.json'], /--event none\.json: ENOENT/],
    [['--event', list], /one EventBridge envelope or one GuardDuty finding\n$/],
    [['--event', health], /an event of aws\.health, and the demo plays those of GuardDuty\n$/],
    [['--fast'], /Unknown option '--fast'/],
  ])('answers wrong usage in words and exit 2: %j', async (args, line) => {
    const { code, err } = await demo({}, ...args);
    expect(code).toBe(2);
    expect(err).toMatch(line);
  });
});
