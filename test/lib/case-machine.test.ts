import { createRequire } from 'node:module';
import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { pipeline, type StepName, stepNames } from '#core/pipeline';
import { parseSettings } from '#core/settings';
import { secondsFor } from '#lib/steps';
import { plain, synthesise } from './synthesise.ts';

interface State {
  Type: string;
  Next?: string;
  Resource?: string;
  TimeoutSeconds?: number;
  ResultSelector?: Record<string, string>;
  Retry?: { ErrorEquals: string[]; MaxAttempts: number; MaxDelaySeconds: number; JitterStrategy: string }[];
  Catch?: { ErrorEquals: string[]; Next: string; ResultPath: string }[];
  Choices?: { Variable: string; StringEquals: string; Next: string }[];
  Default?: string;
}
interface Machine {
  StartAt: string;
  TimeoutSeconds: number;
  States: Record<string, State>;
}
const validate = createRequire(import.meta.url)('asl-validator') as (machine: Machine) => {
  isValid: boolean;
  errorsText(): string;
};

let template: Template;
let machine: Machine;
let properties: Record<string, unknown>;
beforeAll(() => {
  template = synthesise();
  const [found] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
  properties = found?.Properties;
  machine = JSON.parse(plain(properties.DefinitionString));
}, 60_000);
const tasks = () => stepNames.map((name) => [name, machine.States[name] as State] as const);
/** Where a task leads: its Next, or what the choice after it offers. */
const waysFrom = (state: State): string[] =>
  state.Next === 'route' ? (machine.States.route?.Choices ?? []).map(({ Next }) => Next) : [state.Next ?? ''];

describe('The case machine', () => {
  it('is valid Amazon States Language', () => {
    const copy = structuredClone(machine);
    for (const [name] of tasks())
      (copy.States[name] as State).Resource = `arn:aws:lambda:us-east-1:111122223333:function:${name}`;
    const { isValid, errorsText } = validate(copy);
    expect(isValid ? '' : errorsText()).toBe('');
  });

  it('is a STANDARD machine of at most 12 states, drawn from the pipeline', () => {
    expect(properties.StateMachineType).toBe('STANDARD');
    expect(Object.keys(machine.States).toSorted()).toEqual([...stepNames, 'done', 'parked', 'route'].toSorted());
    expect(Object.keys(machine.States).length).toBeLessThanOrEqual(12);
    expect(machine.StartAt).toBe('contain');
  });

  it.each(Object.entries(pipeline) as [StepName, readonly string[]][])(
    'leads from %s wherever the pipeline does',
    (name, successors) => {
      expect(waysFrom(machine.States[name] as State)).toEqual(expect.arrayContaining([...successors]));
    },
  );

  it('routes on what the step returned, and ends red on what no step may return', () => {
    const { Choices = [], Default } = machine.States.route as State;
    expect(Choices.every(({ Variable, StringEquals, Next }) => Variable === '$.next' && StringEquals === Next)).toBe(
      true,
    );
    expect(Default).toBe('parked');
  });

  it('ends green in one state only, and red for a parked case', () => {
    const ends = Object.entries(machine.States).filter(([, { Type }]) => Type === 'Succeed' || Type === 'Fail');
    expect(ends.map(([name, { Type }]) => `${name} ${Type}`).toSorted()).toEqual(['done Succeed', 'parked Fail']);
  });

  it('gives every task a literal time limit, longer than that of its Lambda', () => {
    const functions = Object.values(template.findResources('AWS::Lambda::Function'));
    for (const [name, { TimeoutSeconds }] of tasks()) {
      const own = functions.find(({ Properties }) => Properties.FunctionName === `rescind-${name}`);
      expect(TimeoutSeconds).toBeGreaterThan(own?.Properties.Timeout);
    }
    expect(machine.TimeoutSeconds).toBeGreaterThan(0);
  });

  it('retries only what another try may cure, with jitter and a bound', () => {
    for (const [, { Retry = [] }] of tasks()) {
      expect(Retry).toHaveLength(1);
      expect(Retry[0]).toMatchObject({ BackoffRate: 2, JitterStrategy: 'FULL', MaxDelaySeconds: 20, MaxAttempts: 4 });
      expect(Retry[0]?.ErrorEquals.every((name) => name === 'Retryable' || name.startsWith('Lambda.'))).toBe(true);
      expect(Retry[0]?.ErrorEquals).not.toContain('Lambda.Unknown');
    }
  });

  it('parks the case when a step fails, and ends red when even parking fails', () => {
    for (const [name, { Catch }] of tasks())
      expect(Catch).toEqual([
        { ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: name === 'park' ? 'parked' : 'park' },
      ]);
  });

  it('carries the case id, the run and the next step, and nothing of the case', () => {
    for (const [, { ResultSelector }] of tasks())
      expect(ResultSelector).toEqual({ 'caseId.$': '$.caseId', 'run.$': '$.run', 'next.$': '$.next' });
  });

  it('logs every event without its data, and traces', () => {
    expect(properties).toMatchObject({
      LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false },
      TracingConfiguration: { Enabled: true },
    });
  });

  it('gives the steps that wait as long as the settings let them wait, within what a Lambda can', () => {
    const longest = parseSettings({ cutoffLeadSeconds: 300, newKeyPatienceSeconds: 120, canaryPatienceSeconds: 120 });
    expect(secondsFor('rotate', longest)).toBeGreaterThan(longest.newKeyPatienceSeconds);
    expect(secondsFor('verify', longest)).toBeGreaterThan(longest.canaryPatienceSeconds + longest.cutoffLeadSeconds);
    expect(Math.max(...stepNames.map((name) => secondsFor(name, longest)))).toBeLessThanOrEqual(900);
  });
});
