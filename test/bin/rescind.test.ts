import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const nowhere = {
  AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
  AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE000000000',
  AWS_SECRET_ACCESS_KEY: 'not-a-secret',
  AWS_REGION: 'eu-central-1',
};

/** The command line as a person runs it, with nothing of this machine's AWS set-up. */
async function run(args: string[], { env = {}, input = '' }: { env?: Record<string, string>; input?: string } = {}) {
  const { PATH = '' } = process.env;
  const bare = { PATH, HOME: '/nonexistent', AWS_EC2_METADATA_DISABLED: 'true', ...env };
  const child = spawn(process.execPath, [join(root, 'bin/rescind.ts'), ...args], { cwd: root, env: bare });
  let out = '';
  let err = '';
  child.stdout.on('data', (text) => (out += text));
  child.stderr.on('data', (text) => (err += text));
  child.stdin.end(input);
  const exit = await new Promise((done) => child.on('close', done));
  return { exit, out, err };
}

describe('the command line', () => {
  it.each([
    ['--help'],
    ['cases', '--help'],
    ['case', 'show', '--help'],
    ['finding', 'read', '--help'],
    ['signals', '--help'],
    ['evidence', 'export', '--help'],
    ['evidence', 'verify', '--help'],
    ['evidence', 'policy', '--help'],
    ['case', 'retry', '--help'],
    ['intake', 'submit', '--help'],
    ['intake', 'redrive', '--help'],
    ['rollback', '--help'],
    ['doctor', '--help'],
    ['stop', '--help'],
    ['resume', '--help'],
  ])('shows usage and examples for %s %s %s', async (...args) => {
    const { exit, out, err } = await run(args);
    expect([exit, err]).toEqual([0, '']);
    expect(out).toMatch(/^Usage: rescind/);
    expect(out).toMatch(/\nExamples:\n {2}(cat .*)?rescind/);
  });

  it.each([
    [['nonsense']],
    [['cases', '--limt', '3']],
    [['cases', '--limit', 'many']],
    [['case', 'show', 'c-1']],
    [['cases', '--region', 'moon']],
    [['evidence', 'export', 'c-0123456789abcdef']],
    [['evidence', 'verify']],
    [['finding', 'read']],
    [['intake', 'submit']],
    [['stop']],
    [['stop', '--reason', ' ']],
    [['rollback']],
    [['case', 'retry', 'c-1']],
  ])('answers wrong usage %j with one line and exit 2', async (args) => {
    const { exit, out, err } = await run(args);
    expect([exit, out]).toEqual([2, '']);
    expect(err).toMatch(/^error: [^\n]+\n$/);
  });

  it.each([[[]], [['evidence']]])('answers %j with the usage and exit 2', async (args) => {
    expect(await run(args)).toMatchObject({ exit: 2, out: '', err: expect.stringMatching(/^Usage: rescind/) });
  });

  it.each([
    ['an endpoint that is down', nowhere, /^cannot reach AWS \(cloudformation:DescribeStacks: ECONNREFUSED\)/],
    ['missing credentials', { AWS_REGION: 'eu-central-1' }, /^no AWS credentials: set AWS_PROFILE/],
    ['a missing Region', {}, /^no Region: give --region/],
  ])('answers %s with one line and exit 3 within seconds', async (_, env, line) => {
    const { exit, out, err } = await run(['cases'], { env });
    expect([exit, out]).toEqual([3, '']);
    expect(err).toMatch(line);
    expect(err).toMatch(/^[^\n]+\n$/);
  });

  it('takes --stack and --region before and after the command', async () => {
    const { AWS_REGION: _, ...env } = nowhere;
    for (const args of [
      ['--region', 'eu-central-1', 'cases'],
      ['cases', '--region', 'eu-central-1'],
    ])
      expect((await run(args, { env })).err).toContain('ECONNREFUSED');
  });

  it('reads findings from standard input without AWS', async () => {
    const { exit, out } = await run(['finding', 'read', '-'], {
      input: '{"source":"aws.s3","detail-type":"x","detail":{}}',
    });
    expect(exit).toBeLessThan(2);
    expect(JSON.parse(out)).toMatchObject({ file: '-', index: 0 });
  });

  it('verifies offline: a path that is not there is exit 3', async () => {
    expect((await run(['evidence', 'verify', '/nonexistent/pack.zip'])).exit).toBe(3);
  });

  it('prints no escape sequence, with NO_COLOR and with colours forced', async () => {
    for (const env of [{ NO_COLOR: '1' }, { FORCE_COLOR: '3' }]) {
      const { out, err } = await run(['--help'], { env });
      expect(out + err).not.toContain('\u001b');
    }
  });
});

describe('what a command loads', () => {
  const { imports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    imports: Record<string, string>;
  };
  const pathOf = (specifier: string, from: string): string | null => {
    if (specifier.startsWith('.')) return join(dirname(from), specifier);
    const exact = imports[specifier];
    const [, folder, rest] = specifier.match(/^(#\w+)\/(.*)$/) ?? [];
    const target = exact ?? (folder && imports[`${folder}/*`]?.replace('*', rest ?? ''));
    return target ? join(root, target) : null;
  };
  /** Every package that is loaded with a file; what is imported in a function is loaded only when it runs. */
  const loads = (file: string, seen = new Set<string>()): Set<string> => {
    if (seen.has(file)) return seen;
    seen.add(file);
    expect(existsSync(file), file).toBe(true);
    const text = readFileSync(file, 'utf8');
    for (const [statement, specifier = ''] of text.matchAll(/^(?:import|export)\s(?:[^;]*?from\s)?'([^']+)'/gms)) {
      if (/^(import|export) type /.test(statement)) continue;
      const path = pathOf(specifier, file);
      if (path) loads(path, seen);
      else seen.add(specifier);
    }
    return seen;
  };
  const aws = /^@(aws-sdk|aws-lambda-powertools|smithy|cedar-policy)\/|^aws-cdk-lib/;

  it.each([
    'bin/rescind.ts',
    'bin/commands/evidence-verify.ts',
    'bin/commands/finding.ts',
    'lib/settings.ts',
    'core/report.ts',
  ])('%s brings no AWS SDK', (file) => {
    expect([...loads(join(root, file))].filter((name) => aws.test(name))).toEqual([]);
  });

  it('the walk finds the SDK where it is', () => {
    expect([...loads(join(root, 'bin/commands/stack.ts'))].some((name) => aws.test(name))).toBe(true);
  });
});
