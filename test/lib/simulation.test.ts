import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import * as sources from '#core/sources';
import { plain, readStatement, synthesise } from './synthesise.ts';

let template: Template;
beforeAll(() => {
  template = synthesise({ simulation: true });
}, 60_000);

describe('The simulation bus', { timeout: 30_000 }, () => {
  it('is off by default', () => {
    const off = synthesise();
    off.resourceCountIs('AWS::Events::EventBus', 0);
    // Beside the rules of the sources, that of the watch.
    const patterns = Object.values(sources).flatMap((source) => (source.comesBy ? [] : source.patterns));
    off.resourceCountIs('AWS::Events::Rule', patterns.length + 1);
    expect(Object.keys(off.findOutputs('*')).filter((name) => name.startsWith('Simulation'))).toEqual([]);
  });

  it('takes events from its publisher and from nobody else', () => {
    const [bus] = Object.values(template.findResources('AWS::Events::EventBus'));
    expect(bus?.Properties.Name).toBe('rescind-simulation');
    const [allowed, denied] = bus?.Properties.Policy.Statement ?? [];
    expect(plain(allowed.Principal.AWS)).toBe('<SimulationPublisher.Arn>');
    expect(denied.Principal).toBe('*');
    expect(readStatement(denied)).toMatchObject({
      effect: 'Deny',
      actions: ['events:PutEvents'],
      condition: 'ArnNotEquals aws:PrincipalArn <SimulationPublisher.Arn>',
    });
  });

  it('can be published to by those whom the account allows to become the publisher', () => {
    const [publisher] = Object.values(
      template.findResources('AWS::IAM::Role', {
        Properties: { Description: 'Rescind: publishes simulated findings' },
      }),
    );
    expect(plain(publisher?.Properties.AssumeRolePolicyDocument.Statement[0].Principal.AWS)).toBe(
      'arn:<AWS::Partition>:iam::<AWS::AccountId>:root',
    );
  });

  it('has the rules of the sources, under the prefix that marks a finding as simulated', () => {
    const rules = Object.values(template.findResources('AWS::Events::Rule'))
      .map(({ Properties }) => Properties)
      .filter(({ EventBusName }) => EventBusName !== undefined);
    expect(rules.map(({ Name }) => Name)).toEqual(
      Object.values(sources).flatMap(({ name, patterns }) =>
        patterns.map((_, at) => `rescind-simulated-${name}${at === 0 ? '' : `-${at + 1}`}`),
      ),
    );
    for (const { EventBusName, EventPattern, Targets } of rules) {
      expect(plain(EventBusName)).toBe('<SimulationBus>');
      expect(
        EventPattern.source.every((source: string | { prefix: string }) =>
          JSON.stringify(source).includes('"rescind.simulated.'),
        ),
      ).toBe(true);
      expect(plain(Targets[0].Arn)).toBe('<IntakeQueue.Arn>');
    }
  });

  it('is named in the outputs, with its publisher', () => {
    expect(
      Object.keys(template.findOutputs('*'))
        .filter((name) => name.startsWith('Simulation'))
        .toSorted(),
    ).toEqual(['SimulationBus', 'SimulationPublisher']);
  });
});
