import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { intakePermissions, stepPermissions } from '#adapters/permissions';
import { stepNames } from '#core/pipeline';
import * as steps from '#core/steps';
import { plain, rolesOf, type Statement, synthesise } from './synthesise.ts';

let template: Template;
let roles: Map<string, Statement[]>;
beforeAll(() => {
  template = synthesise({ simulation: true, protected: ['arn:aws:iam::111122223333:role/BreakGlass'] });
  roles = rolesOf(template);
}, 60_000);

const declared = [
  ['intake', intakePermissions] as const,
  ...Object.values(steps).map((step) => [step.name, [...step.permissions, ...stepPermissions]] as const),
];
const iam = 'arn:<AWS::Partition>:iam::<AWS::AccountId>:';
const secrets = 'arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:*';
const managed = 'StringEquals aws:ResourceTag/rescind managed';
const via = (service: string) => `StringEquals kms:ViaService ${service}.<AWS::Region>.amazonaws.com`;

/** What a statement of a role is about, told from its resource and condition alone. */
const targets: Record<string, string> = {
  [`${iam}user/*`]: 'user',
  [`${iam}role/*`]: 'role',
  [`${iam}user/* if ${managed}`]: 'managed-user',
  [`${secrets} if ${managed}`]: 'managed-secret',
  '*': 'listing',
  '<StorageRegister.Arn>': 'register',
  '<StorageEvidence.Arn>/raw/*': 'evidence',
  '<StorageEvidence.Arn>/cases/*': 'evidence',
  '<StorageSigner.Arn>': 'signer',
  '<CaseMachine>': 'machine',
  'arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:<CaseMachine.Name>:*': 'machine',
  '<NoticesTopic>': 'topic',
  [`<StorageDataKey.Arn> if ${via('s3')}`]: 'data key behind s3',
  [`<StorageDataKey.Arn> if ${via('sns')}`]: 'data key behind sns',
  '<IntakeQueue.Arn>': 'queue',
};
const targetOf = (resource: string, condition: string) =>
  targets[condition ? `${resource} if ${condition}` : resource] ??
  (/^<.+Logs\.Arn>$/.test(resource) ? 'own log group' : `${resource} if ${condition}`);

const held = (name: string, effect: 'Allow' | 'Deny' = 'Allow') =>
  (roles.get(name) ?? []).filter((statement) => statement.effect === effect);
const pairs = (statements: Statement[]) =>
  new Set(
    statements.flatMap(({ actions, resources, condition }) =>
      actions.flatMap((action) => resources.map((resource) => `${action} on ${targetOf(resource, condition)}`)),
    ),
  );
const actionsOf = (name: string) => held(name).flatMap(({ actions }) => actions);

/** What follows from a declaration without being one: encryption behind a service, and the runtime's own needs. */
function derived(name: string, has: (action: string) => boolean): string[] {
  return [
    ...(has('s3:PutObject') ? ['kms:GenerateDataKey on data key behind s3'] : []),
    ...(has('s3:GetObject') ? ['kms:Decrypt on data key behind s3'] : []),
    ...(has('sns:Publish') ? ['kms:Decrypt on data key behind sns', 'kms:GenerateDataKey on data key behind sns'] : []),
    ...['logs:CreateLogStream on own log group', 'logs:PutLogEvents on own log group'],
    ...['xray:PutTelemetryRecords on listing', 'xray:PutTraceSegments on listing'],
    ...(name === 'intake'
      ? ['DeleteMessage', 'GetQueueAttributes', 'ReceiveMessage'].map((a) => `sqs:${a} on queue`)
      : []),
  ];
}

describe('Least privilege', () => {
  it('covers intake and every step of the pipeline', () => {
    expect(declared.map(([name]) => name).toSorted()).toEqual(['intake', ...stepNames].toSorted());
  });

  it.each(declared)(
    'the role of %s holds what is declared and what follows from it, and nothing else',
    (name, permissions) => {
      const wanted = [
        ...permissions.map(({ action, on }) => `${action} on ${on}`),
        ...derived(name, (action) => permissions.some((each) => each.action === action)),
      ];
      expect(pairs(held(name))).toEqual(new Set(wanted));
    },
  );

  it('intake writes raw findings and reads none of the evidence; steps write records and read both', () => {
    const evidence = (name: string, action: string) =>
      held(name)
        .filter(({ actions }) => actions.includes(action))
        .flatMap(({ resources }) => resources.map((text) => text.replace('<StorageEvidence.Arn>', '')));
    expect(evidence('intake', 's3:PutObject')).toEqual(['/raw/*']);
    expect(evidence('intake', 's3:GetObject')).toEqual([]);
    for (const name of stepNames) {
      expect(evidence(name, 's3:PutObject')).toEqual(['/cases/*']);
      expect(evidence(name, 's3:GetObject')).toEqual(['/raw/*', '/cases/*']);
    }
  });

  it('intake, which parses hostile input, touches no identity and no signing key', () => {
    expect(
      actionsOf('intake').filter((action) => /^(iam|sts|secretsmanager):|^kms:(Sign|GetPublicKey)/.test(action)),
    ).toEqual([]);
  });

  it('of all roles only intake starts the case machine', () => {
    const starters = [...roles.keys()].filter((name) => actionsOf(name).includes('states:StartExecution'));
    expect(starters).toEqual(['intake']);
  });

  it('nobody may delete evidence, shorten or lift its lock, pass a role or become another', () => {
    const never =
      /^(s3:(Delete|PutObjectRetention|PutObjectLegalHold|BypassGovernanceRetention)|iam:PassRole|sts:AssumeRole)/;
    expect([...roles.keys()].flatMap(actionsOf).filter((action) => never.test(action))).toEqual([]);
  });

  it('no allowed action is a wildcard', () => {
    expect([...roles.keys()].flatMap(actionsOf).filter((action) => action.includes('*'))).toEqual([]);
  });

  it('a role that changes identities is denied protected ones and our own roles', () => {
    const changing = [...roles.keys()].filter((name) => actionsOf(name).some((action) => action.startsWith('iam:')));
    expect(changing).toEqual(expect.arrayContaining(['contain', 'rotate']));
    for (const name of changing)
      expect(held(name, 'Deny')).toMatchObject([
        { resources: [`${iam}role/rescind-*`, 'arn:aws:iam::111122223333:role/BreakGlass'], condition: '' },
      ]);
  });

  it('every role of the stack has the prefix that the guard denies, and no managed policy', () => {
    for (const { Properties } of Object.values(template.findResources('AWS::IAM::Role'))) {
      expect(plain(Properties.RoleName)).toMatch(/^rescind-<AWS::Region>-/);
      expect(Properties.ManagedPolicyArns).toBeUndefined();
    }
  });

  it('the machine may invoke the step functions and nothing else', () => {
    const invoked = held('machine').filter(({ actions }) => actions.includes('lambda:InvokeFunction'));
    const functions = Object.entries(template.findResources('AWS::Lambda::Function'))
      .filter(([, { Properties }]) => Properties.FunctionName !== 'rescind-intake')
      .map(([id]) => plain({ 'Fn::GetAtt': [id, 'Arn'] }));
    expect(invoked.flatMap(({ resources }) => resources).toSorted()).toEqual(functions.toSorted());
    const others = actionsOf('machine').filter((action) => !/^(lambda:InvokeFunction$|logs:|xray:)/.test(action));
    expect(others).toEqual([]);
  });

  it('the machine works for Step Functions of this account alone', () => {
    const [trust] = Object.values(
      template.findResources('AWS::IAM::Role', { Properties: { Description: 'Rescind: the case machine' } }),
    );
    expect(trust?.Properties.AssumeRolePolicyDocument.Statement).toEqual([
      {
        Action: 'sts:AssumeRole',
        Effect: 'Allow',
        Principal: { Service: 'states.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      },
    ]);
  });

  it('the publisher of simulated findings may put events on the simulation bus and do nothing else', () => {
    expect(held('simulation-publisher')).toEqual([
      {
        effect: 'Allow',
        actions: ['events:PutEvents'],
        resources: ['arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:event-bus/rescind-simulation'],
        condition: '',
      },
    ]);
  });
});

describe('A function', () => {
  it('is told the names of only those things that its role reaches', () => {
    const names: Record<string, string[]> = {
      register: ['REGISTER'],
      evidence: ['EVIDENCE', 'DATA_KEY'],
      signer: ['SIGNER'],
      topic: ['TOPIC'],
      machine: ['MACHINE'],
    };
    for (const [name, permissions] of declared) {
      const [found] = Object.values(
        template.findResources('AWS::Lambda::Function', { Properties: { FunctionName: `rescind-${name}` } }),
      );
      const told = Object.keys(found?.Properties.Environment.Variables);
      expect(told.toSorted()).toEqual([...new Set(permissions.flatMap(({ on }) => names[on] ?? []))].toSorted());
    }
  });

  it('traces, logs to a group of its own that forgets, and runs the newest LTS', () => {
    template.allResourcesProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      TracingConfig: { Mode: 'Active' },
    });
    const groups = Object.values(template.findResources('AWS::Lambda::Function')).map(
      ({ Properties }) => Properties.LoggingConfig.LogGroup.Ref,
    );
    expect(new Set(groups).size).toBe(declared.length);
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 365 });
  });
});
