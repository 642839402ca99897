import { Match, type Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { operations } from '#adapters/checks';
import { intakePermissions, receiverPermissions, stepPermissions } from '#adapters/permissions';
import { lookPermissions } from '#core/later/look';
import { watchPermissions } from '#core/later/watch-call';
import { stepNames } from '#core/pipeline';
import { scheduledRotationPermissions } from '#core/rotators/scheduled-rotation';
import * as steps from '#core/steps';
import { rollbackPermissions } from '#lib/rollback';
import { plain, rolesOf, type Statement, synthesise } from './synthesise.ts';

let template: Template;
let roles: Map<string, Statement[]>;
beforeAll(() => {
  const trail = { bucket: 'trail-of-ours', prefix: 'org/' };
  template = synthesise({
    ...{ simulation: true, trail, protected: ['arn:aws:iam::111122223333:role/BreakGlass'] },
    github: { secretArn: webhookSecret },
    identityProviders: { okta: { eventBus: partnerBus, subjects: {} } },
  });
  roles = rolesOf(template);
}, 60_000);

const webhookSecret = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:rescind/github-Ab12Cd';
const partnerBus = 'aws.partner/okta.com/acme/rescind';
const declared = [
  ['intake', intakePermissions] as const,
  ...Object.values(steps).map((step) => [step.name, [...step.permissions, ...stepPermissions]] as const),
  ['rotation', scheduledRotationPermissions] as const,
  ['watch', watchPermissions] as const,
  ['rollback', rollbackPermissions] as const,
  ['look', [...lookPermissions, ...stepPermissions]] as const,
  ['receiver', receiverPermissions] as const,
];
const iam = 'arn:<AWS::Partition>:iam::<AWS::AccountId>:';
const secrets = 'arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:*';
const managed = 'StringEquals aws:ResourceTag/rescind managed';
const trailFiles = 'org/AWSLogs/<AWS::AccountId>/CloudTrail/*';
const trailBucket = 'arn:<AWS::Partition>:s3:::trail-of-ours';
const via = (service: string) => `StringEquals kms:ViaService ${service}.<AWS::Region>.amazonaws.com`;

/** What `rescind doctor` reads. */
const examining = () => {
  const here = (service: string, resource: string) =>
    `arn:<AWS::Partition>:${service}:<AWS::Region>:<AWS::AccountId>:${resource}`;
  return [
    [
      'access-analyzer:ListAnalyzers cloudtrail:DescribeTrails guardduty:ListDetectors lambda:ListEventSourceMappings securityhub:DescribeSecurityHubV2',
      ['*'],
    ],
    ['guardduty:GetDetector', [here('guardduty', 'detector/*')]],
    ['cloudtrail:GetEventSelectors cloudtrail:GetTrailStatus', ['arn:<AWS::Partition>:cloudtrail:*:*:trail/*']],
    ['securityhub:DescribeHub', [here('securityhub', 'hub/default')]],
    [
      'events:DescribeRule events:ListTargetsByRule',
      [here('events', 'rule/rescind-*'), here('events', 'rule/*/rescind-*')],
    ],
    ['lambda:GetFunction', ['intake', 'watch'].map((name) => here('lambda', `function:rescind-${name}`))],
    ['sns:GetTopicAttributes', ['<NoticesTopic>']],
    ['events:DescribeEventSource', [`arn:<AWS::Partition>:events:<AWS::Region>::event-source/${partnerBus}`]],
    ['secretsmanager:DescribeSecret', [webhookSecret]],
  ].map((statement) => [...statement, '']);
};

/** What a statement of a role is about, told from its resource and condition alone. */
const targets: Record<string, string> = {
  [`${iam}user/*`]: 'user',
  [`${iam}role/*`]: 'role',
  [`${iam}policy/*`]: 'policy',
  'arn:<AWS::Partition>:iam::aws:policy/*': 'policy',
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
  [`${trailBucket} if StringLike s3:prefix ${trailFiles}`]: 'trail',
  [`${trailBucket}/${trailFiles}`]: 'trail',
  'arn:<AWS::Partition>:scheduler:<AWS::Region>:<AWS::AccountId>:schedule/default/rescind-look-*': 'look-schedule',
  [`${iam}role/rescind-<AWS::Region>-look-scheduler if StringEquals iam:PassedToService scheduler.amazonaws.com`]:
    'look-schedule',
  '<IntakeControl.Arn>': 'control',
  '<IntakeReceived.Arn>': 'received',
  '<StorageRegister.Arn> if ForAllValues:StringLike dynamodb:LeadingKeys received#*': 'received-rows',
  [webhookSecret]: 'webhook-secret',
  '<IntakeQueue.Arn>': 'queue',
  '<WatchQueue.Arn>': 'queue',
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
const startersOf = (machine: string) =>
  [...roles.keys()].filter((name) =>
    held(name).some(
      ({ actions, resources }) => actions.includes('states:StartExecution') && resources.includes(machine),
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
    ...(name === 'intake' || name === 'watch'
      ? ['DeleteMessage', 'GetQueueAttributes', 'ReceiveMessage'].map((a) => `sqs:${a} on queue`)
      : []),
    ...(name === 'intake'
      ? ['DeleteMessage', 'GetQueueAttributes', 'ReceiveMessage'].flatMap((a) => [
          `sqs:${a} on control`,
          `sqs:${a} on received`,
        ])
      : []),
  ];
}

describe('Least privilege', () => {
  it('covers intake and every step of the pipeline', () => {
    expect(declared.map(([name]) => name).toSorted()).toEqual(
      ['intake', 'look', 'receiver', 'rollback', 'rotation', 'watch', ...stepNames].toSorted(),
    );
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
        .flatMap(({ resources }) => resources)
        .filter((resource) => resource.startsWith('<StorageEvidence.Arn>'))
        .map((resource) => resource.replace('<StorageEvidence.Arn>', ''));
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

  it('the receiver, which anybody can reach, touches no identity, no case and no evidence', () => {
    expect(held('receiver').filter(({ actions }) => /^(iam|s3|states|sns|kms):/.test(actions.join())).length).toBe(0);
    const rows = held('receiver').filter(({ actions }) => actions.join().includes('dynamodb:'));
    expect(rows.map(({ condition }) => condition)).toEqual(['ForAllValues:StringLike dynamodb:LeadingKeys received#*']);
  });

  it('of all roles only intake starts the case machine', () => {
    expect(startersOf('<CaseMachine>')).toEqual(['intake']);
  });

  it('of all roles only the operator starts a rollback', () => {
    expect(startersOf('<RollbackMachine>')).toEqual(['operator']);
    const starts = [...roles.keys()]
      .flatMap((name) => held(name))
      .filter(({ actions }) => actions.includes('states:StartExecution'));
    expect(starts.flatMap(({ resources }) => resources)).toHaveLength(2);
  });

  it('the rollback deletes what the actions wrote and changes nothing else: it cannot switch a key on', () => {
    const changes = actionsOf('rollback').filter((action) => /^(iam|secretsmanager):(?!Get|List)/.test(action));
    expect(changes.toSorted()).toEqual(['iam:DeleteRolePolicy', 'iam:DeleteUserPolicy']);
  });

  it('only the rollback holds what undo needs', () => {
    const deleters = [...roles.keys()].filter((name) =>
      actionsOf(name).some((action) => /^iam:Delete.*Policy$/.test(action)),
    );
    expect(deleters).toEqual(['rollback']);
  });

  it('the operator reads, takes dead letters, writes the row of the stop switch, asks for retries, starts rollbacks, examines, and touches no identity', () => {
    const execution = (machine: string) =>
      `arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:<${machine}.Name>:*`;
    expect(
      held('operator').map(({ actions, resources, condition }) => [actions.join(' '), resources, condition]),
    ).toEqual([
      [
        'cloudformation:DescribeStacks',
        ['arn:<AWS::Partition>:cloudformation:<AWS::Region>:<AWS::AccountId>:stack/<AWS::StackName>/*'],
        '',
      ],
      ['dynamodb:GetItem dynamodb:Query', ['<StorageRegister.Arn>', '<StorageRegister.Arn>/index/cases'], ''],
      // Inert on the engine, which knows no leading keys: on AWS it is the one row.
      ['dynamodb:UpdateItem', ['<StorageRegister.Arn>'], 'ForAllValues:StringEquals dynamodb:LeadingKeys stop'],
      ['s3:GetObject', ['<StorageEvidence.Arn>/raw/*', '<StorageEvidence.Arn>/cases/*'], ''],
      ['kms:Decrypt', ['<StorageDataKey.Arn>'], via('s3')],
      ['kms:GetPublicKey', ['<StorageSigner.Arn>'], ''],
      ['sqs:SendMessage', ['<IntakeControl.Arn>', '<IntakeReceived.Arn>'], ''],
      [
        'sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage',
        ['<IntakeDeadLetters.Arn>', '<IntakeUndelivered.Arn>', '<WatchUnaccounted.Arn>'],
        '',
      ],
      ['states:StartExecution', ['<RollbackMachine>'], ''],
      ['states:DescribeExecution', [execution('CaseMachine'), execution('RollbackMachine')], ''],
      ...examining(),
    ]);
  });

  it('the operator may ask whatever `rescind doctor` asks', () => {
    const allowed = held('operator').flatMap(({ actions }) => actions);
    expect(Object.keys(operations).filter((operation) => !allowed.includes(operation))).toEqual([]);
  });

  it('the rollback machine may invoke the rollback and nothing else', () => {
    const invoked = held('rollback-machine').filter(({ actions }) => actions.includes('lambda:InvokeFunction'));
    expect(invoked.flatMap(({ resources }) => resources)).toEqual(['<RollbackFunction.Arn>']);
  });

  it('nobody may delete evidence, shorten or lift its lock, or become another', () => {
    const never = /^(s3:(Delete|PutObjectRetention|PutObjectLegalHold|BypassGovernanceRetention)|sts:AssumeRole)/;
    expect([...roles.keys()].flatMap(actionsOf).filter((action) => never.test(action))).toEqual([]);
  });

  it('close alone may pass a role: that of its schedules, to EventBridge Scheduler', () => {
    const passing = [...roles].flatMap(([name, statements]) =>
      statements.filter(({ actions }) => actions.includes('iam:PassRole')).map((statement) => ({ name, ...statement })),
    );
    expect(passing).toEqual([
      {
        name: 'close',
        effect: 'Allow',
        actions: ['iam:PassRole'],
        resources: [`${iam}role/rescind-<AWS::Region>-look-scheduler`],
        condition: 'StringEquals iam:PassedToService scheduler.amazonaws.com',
      },
    ]);
  });

  it('the role of the schedules is for EventBridge Scheduler of this account', () => {
    const [role] = Object.values(
      template.findResources('AWS::IAM::Role', {
        Properties: {
          RoleName: Match.objectLike({ 'Fn::Join': ['', ['rescind-', { Ref: 'AWS::Region' }, '-look-scheduler']] }),
        },
      }),
    );
    expect(role?.Properties.AssumeRolePolicyDocument.Statement).toEqual([
      {
        Action: 'sts:AssumeRole',
        Effect: 'Allow',
        Principal: { Service: 'scheduler.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      },
    ]);
  });

  it('no allowed action is a wildcard', () => {
    expect([...roles.keys()].flatMap(actionsOf).filter((action) => action.includes('*'))).toEqual([]);
  });

  it("a role that changes identities is denied protected ones, our own roles and the CDK's", () => {
    const changing = [...roles.keys()].filter((name) =>
      actionsOf(name).some((action) => /^iam:(?!PassRole)/.test(action)),
    );
    expect(changing).toEqual(expect.arrayContaining(['contain', 'rotate', 'rollback']));
    for (const name of changing)
      expect(held(name, 'Deny')).toMatchObject([
        {
          resources: [`${iam}role/rescind-*`, `${iam}role/cdk-*`, 'arn:aws:iam::111122223333:role/BreakGlass'],
          condition: '',
        },
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
      .filter(([, { Properties }]) => stepNames.some((name) => Properties.FunctionName === `rescind-${name}`))
      .map(([id]) => plain({ 'Fn::GetAtt': [id, 'Arn'] }));
    expect(invoked.flatMap(({ resources }) => resources).toSorted()).toEqual(functions.toSorted());
    const others = actionsOf('machine').filter((action) => !/^(lambda:InvokeFunction$|logs:|xray:)/.test(action));
    expect(others).toEqual([]);
  });

  it('the look changes no identity and no secret, and its schedules may call it and nothing else', () => {
    expect(
      actionsOf('look').filter((action) => /^(iam|secretsmanager):(?!Get|List|Describe|Simulate)/.test(action)),
    ).toEqual([]);
    expect(held('look-scheduler')).toEqual([
      { effect: 'Allow', actions: ['lambda:InvokeFunction'], resources: ['<LookFunction.Arn>'], condition: '' },
    ]);
  });

  it('a deployment without a trail reads no other bucket', () => {
    const own = rolesOf(synthesise());
    const foreign = [...own.values()]
      .flat()
      .flatMap(({ resources }) => resources.filter((each) => each.includes(':s3:::')));
    expect(foreign).toEqual([]);
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
      control: ['CONTROL_QUEUE'],
      received: ['RECEIVED_QUEUE'],
      'received-rows': ['REGISTER'],
      'look-schedule': ['LOOK', 'LOOK_ROLE'],
    };
    for (const [name, permissions] of declared) {
      const [found] = Object.values(
        template.findResources('AWS::Lambda::Function', { Properties: { FunctionName: `rescind-${name}` } }),
      );
      const told = Object.keys(found?.Properties.Environment.Variables);
      // It reads three queues, and what a message may be depends on which.
      const beside = name === 'intake' ? ['CONTROL', 'RECEIVED'] : [];
      const reached = permissions.flatMap(({ on }) => names[on] ?? []);
      expect(told.toSorted()).toEqual([...new Set([...reached, ...beside])].toSorted());
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
