import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { costFigures } from '../../local/bench/cost.ts';
import { type Figure, figure, figureOfLeast, median, percentile } from '../../local/bench/figure.ts';
import type { Invocation } from '../../local/bench/invocations.ts';
import { table } from '../../local/bench/table.ts';
import type { WholeCase } from '../../local/bench/whole-case.ts';

const home = resolve(import.meta.dirname, '..', '..');
const bench = (...args: string[]) =>
  spawnSync(process.execPath, [join(home, 'local', 'bench.ts'), ...args], { cwd: home, encoding: 'utf8' });

describe('a figure', () => {
  it.each([
    [1.5, 1.5, true],
    [1.5001, 1.5, false],
    [9, null, true],
    [Number.NaN, null, false],
    [Number.NaN, 1.5, false],
  ])('of %d under the bar %s is ok: %s, judged before it is rounded', (value, bar, ok) => {
    expect(figure('name', value, 'x', 'how', bar).ok).toBe(ok);
  });

  it.each([
    [20_000, true],
    [19_999.9999, false],
    [Number.NaN, false],
  ])('that is to be at least 20,000, and is %d, is ok: %s', (value, ok) => {
    expect(figureOfLeast('name', value, '/s', 'how', 20_000).ok).toBe(ok);
  });

  it('takes for its 95th percentile a value that was measured', () => {
    const values = Array.from({ length: 20 }, (_, n) => 20 - n);
    expect([percentile(values, 0.95), percentile([7], 0.95), median(values), median([3, 1, 2])]).toEqual([
      19, 7, 10.5, 2,
    ]);
  });

  it('stands in the table with its bar, and how it was got once for those that share it', () => {
    const plain = (text: string) => text;
    const rows = [figure('a', 1, 'ms', 'so'), figure('b', 3, 'ms', 'so', 2), figureOfLeast('c', 3, '/s', 'so', 2)];
    expect(table(rows, { good: plain, bad: plain, dim: plain }).split('\n')).toEqual([
      '  a  1 ms',
      '✘ b  3 ms  ≤ 2',
      '✔ c  3 /s  ≥ 2',
      '    so',
    ]);
  });
});

describe('the cost of a case', () => {
  const invoked = (name: string, memoryMb: number): Invocation => ({
    function: name,
    requestId: name,
    startedAt: 0,
    durationMs: 0,
    memoryMb,
    caseIds: [],
    calls: [{ at: 0, operation: 's3:PutObject', actions: ['s3:PutObject'], outcome: 'ok' }],
  });
  const whole: WholeCase = {
    story: 'none',
    caseId: 'c-0',
    states: ['one', 'two'],
    invocations: [invoked('big', 1769), invoked('small', 1769 / 2)],
    beforeCut: [],
    rowKb: { case: 1, others: 0, otherRows: 0 },
  };
  const lasting = (ms: number) =>
    new Map([
      ['big', ms],
      ['small', ms],
    ]);
  const cost = (ms: number) => costFigures(whole, { coldImport: lasting(ms), warm: lasting(ms) });

  it('is that of its transitions, its requests and the waiting for IAM where the code takes no time', () => {
    const [total] = cost(0);
    expect(total?.value).toBeCloseTo(1000 * (2 * 25e-6 + 2 * 0.2e-6 + 5 * 0.25 * 0.0000133334), 3);
  });

  it('grows by memory and time, and less memory than a whole vCPU takes as much more time', () => {
    const [none, some] = [cost(0)[0]?.value ?? 0, cost(500)[0]?.value ?? 0];
    expect(some - none).toBeCloseTo(1000 * 2 * (1769 / 1024) * 0.0000133334, 3);
  });

  it('cannot be told, and so fails, where a function was not measured', () => {
    const [total] = costFigures(whole, { coldImport: lasting(1), warm: new Map() });
    expect(total?.ok).toBe(false);
  });

  it('lists the requests to the stores beside it, without a bar', () => {
    expect(cost(1).find(({ name }) => name === 'none: S3 requests a case')).toMatchObject({ value: 2, bar: null });
  });
});

describe('npm run bench', { timeout: 180_000 }, () => {
  let figures: Figure[];
  let code: number | null;
  beforeAll(() => {
    const run = bench('--runs', '1', '--storm', '4', '--json');
    if (run.stdout === '') throw new Error(run.stderr);
    code = run.status;
    figures = (JSON.parse(run.stdout) as { figures: Figure[] }).figures;
  }, 180_000);

  it('answers wrong usage in words and exit 2', () => {
    const { status, stderr } = bench('--runs', 'many');
    expect([status, stderr]).toEqual([2, '--runs many: give 1 to 40\n']);
    expect(bench('--storm', '0').stderr).toBe('--storm 0: give 1 to 200\n');
  });

  it('measures every figure, and says of each how', () => {
    const empty = figures.filter(({ value, how }) => !Number.isFinite(value) || how === '');
    expect(empty).toEqual([]);
  });

  it('exits 0 if and only if every bar is held', () => {
    expect(code).toBe(figures.every(({ ok }) => ok) ? 0 : 1);
  });

  // One run on a machine that also runs tests says nothing about milliseconds; what is counted is the same everywhere.
  it.each([
    /Lambdas entered before the cut$/,
    /states entered$/,
    /Lambda invocations$/,
    /^CloudFormation resources$/,
    /^bundle /,
    /^storm of 20 findings: /,
  ])('holds the bar of what it counts: %s', (name) => {
    const counted = figures.filter((each) => name.test(each.name));
    expect(counted.length).toBeGreaterThan(0);
    expect(counted.filter(({ ok, bar }) => !ok || bar === null)).toEqual([]);
  });

  it.each([
    'event to cut, Rescind to barest, median',
    'evidence verify, 1,000 cases',
    'cold import contain',
    'reading bare CloudTrail records, readEvent to JSON.parse',
    'reading bare CloudTrail records',
  ])('has the figure: %s', (name) => {
    expect(figures.find((each) => each.name === name)?.value).toBeGreaterThan(0);
  });
});
