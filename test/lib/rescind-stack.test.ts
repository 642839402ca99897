import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stackOf } from './synthesise.ts';

/** As large as it gets. */
const settings = {
  ...{ simulation: true, production: true, protected: ['arn:aws:iam::111122223333:role/BreakGlass'] },
  github: { secretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:rescind/github-Ab12Cd' },
};
let outdir: string;
let template: Template;
let report: { conclusion: string; violations: { ruleName: string }[]; suppressedViolations: Suppressed[] };
let acknowledged: string[];
interface Suppressed {
  acknowledgedId: string;
  acknowledgedAt: string;
  reason: string;
}

beforeAll(() => {
  outdir = mkdtempSync(join(tmpdir(), 'stack-'));
  const app = new App({ outdir, analyticsReporting: false });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const stack = stackOf(settings, app);
  try {
    app.synth();
  } catch (error) {
    // A violation is in the report too, which the test below prints by name.
    if (!/^Validation failed/.test((error as Error).message)) throw error;
  }
  template = Template.fromJSON(JSON.parse(readFileSync(join(outdir, 'Rescind.template.json'), 'utf8')));
  report = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8')).pluginReports[0];
  acknowledged = acknowledgementsBelow(stack);
}, 60_000);
afterAll(() => rmSync(outdir, { recursive: true }));

const acknowledgementsBelow = (root: IConstruct): string[] =>
  root.node
    .findAll()
    .flatMap(({ node }) =>
      node.metadata
        .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
        .flatMap(({ data }) => Object.keys(data).map((id) => `${node.path} ${id}`)),
    );

describe('The hub', () => {
  it('stays small: at most 150 resources and 14 Lambdas', () => {
    expect(Object.keys(template.toJSON().Resources).length).toBeLessThanOrEqual(150);
    expect(Object.keys(template.findResources('AWS::Lambda::Function')).length).toBeLessThanOrEqual(14);
  });

  it('uses no resource type that the engine would refuse the whole stack for', () => {
    const types = new Set(
      Object.values(template.toJSON().Resources).map((resource) => (resource as { Type: string }).Type),
    );
    for (const refused of [
      'AWS::Events::EventBusPolicy',
      'AWS::DynamoDB::GlobalTable',
      'AWS::CloudWatch::CompositeAlarm',
      'AWS::CDK::Metadata',
    ])
      expect(types).not.toContain(refused);
  });

  it('asks for no parameter but the bootstrap version, and fixes neither account nor Region', () => {
    expect(Object.keys(template.toJSON().Parameters)).toEqual(['BootstrapVersion']);
    expect(JSON.stringify(template.toJSON())).not.toMatch(/us-east-1|000000000000/);
  });

  it('names in its outputs what the CLI and the demo find it by', () => {
    expect(Object.keys(template.findOutputs('*')).toSorted()).toEqual([
      ...['CaseMachine', 'ControlQueue', 'DataKey', 'DeadLetterQueue', 'EvidenceBucket', 'IntakeQueue', 'OperatorRole'],
      ...[
        'ReceivedQueue',
        'ReceiverUrl',
        'RegisterTable',
        'RollbackMachine',
        'RotationFunction',
        'SignerKey',
        'SimulationBus',
        'SimulationPublisher',
      ],
      ...['Topic', 'UnaccountedQueue', 'UndeliveredQueue', 'WatchQueue'],
    ]);
  });
});

describe('The AWS Solutions rules of cdk-nag', () => {
  it('find nothing that is not acknowledged', () => {
    expect(report.violations.map(({ ruleName }) => ruleName)).toEqual([]);
    expect(report.conclusion).toBe('success');
  });

  it('are acknowledged with a reason each, and no acknowledgement is without use', () => {
    expect(report.suppressedViolations.filter(({ reason }) => reason.length < 30)).toEqual([]);
    const used = new Set(
      report.suppressedViolations.map(({ acknowledgedAt, acknowledgedId }) => `${acknowledgedAt} ${acknowledgedId}`),
    );
    expect(acknowledged.length).toBeGreaterThan(0);
    expect(acknowledged.filter((each) => !used.has(each))).toEqual([]);
  });
});

describe('At synth', { timeout: 30_000 }, () => {
  const warned = (given: unknown) => Annotations.fromStack(stackOf(given));

  it('a trial under compliance is warned of: nobody can delete its evidence before the days are over', () => {
    const about = Match.stringLikeRegexp('nobody.* can delete this trial.* for 30 days');
    warned({ evidence: { lock: 'compliance' } }).hasWarning('/Rescind', about);
    warned({}).hasNoWarning('/Rescind', Match.anyValue());
    warned({ production: true }).hasNoWarning('/Rescind', Match.anyValue());
  });

  it('it says where events of IAM reach the source cloudtrail and the watch', () => {
    warned({ mode: 'enforce' }).hasInfo('/Rescind', Match.stringLikeRegexp('us-east-1 alone.*trail'));
  });

  it('mode observe, the default, says that nothing will be changed', () => {
    warned({}).hasInfo('/Rescind', Match.stringLikeRegexp('nothing is changed'));
    warned({ mode: 'enforce' }).hasNoInfo('/Rescind', Match.stringLikeRegexp('nothing is changed'));
  });
});

describe('cfn-lint', () => {
  const own = ['.local/venv-test/bin/cfn-lint', '.local/venv/bin/cfn-lint'].find((path) => existsSync(path));
  const program = own ?? 'cfn-lint';
  const present = spawnSync(program, ['--version']).status === 0;
  if (!present) process.stderr.write('cfn-lint is not installed: the template is not linted (npm test installs it)\n');

  it.skipIf(!present)('finds no error and no warning in the template', { timeout: 120_000 }, () => {
    // W3005: CDK writes the dependency of a function on its role beside the reference.
    const args = [
      '--ignore-checks',
      'W3005',
      '--regions',
      'us-east-1',
      'eu-central-1',
      '--',
      join(outdir, 'Rescind.template.json'),
    ];
    const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
    expect(stdout + stderr).toBe('');
  });
});
