import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { plain, synthesise } from './synthesise.ts';

let template: Template;
beforeAll(() => {
  template = synthesise();
}, 60_000);

const machine = () => {
  const found = Object.entries(template.findResources('AWS::StepFunctions::StateMachine')).filter(
    ([, { Properties }]) => Properties.StateMachineName === 'rescind-rollback',
  );
  expect(found).toHaveLength(1);
  return found[0]?.[1].Properties;
};

describe('The rollback machine', () => {
  it('is one task, which is given the case, who asked and the execution, and nothing else', () => {
    const definition = JSON.parse(plain(machine().DefinitionString));
    expect(Object.keys(definition.States)).toEqual(['rollback']);
    expect(definition.States.rollback).toMatchObject({
      Type: 'Task',
      End: true,
      Parameters: { 'caseId.$': '$.caseId', 'by.$': '$.by', 'execution.$': '$$.Execution.Id' },
    });
  });

  it('tries again only what another try may cure', () => {
    const { Retry, Catch } = JSON.parse(plain(machine().DefinitionString)).States.rollback;
    expect(Retry.flatMap(({ ErrorEquals }: { ErrorEquals: string[] }) => ErrorEquals)).not.toContain('States.ALL');
    expect(Catch).toBeUndefined();
  });

  it('logs and traces, and keeps data out of its log', () => {
    expect(machine()).toMatchObject({
      LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false },
      TracingConfiguration: { Enabled: true },
    });
  });
});
