import { Aws } from 'aws-cdk-lib';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { RescindError } from '#core/error';
import type { Permission } from '#core/permission';
import type { Settings } from '#core/settings';

type On = Permission['on'];

/** What the roles of the hub may reach. `machine` is there for intake alone. */
export interface Hub {
  register: { arn: string; name: string };
  evidence: { arn: string; name: string };
  dataKey: { arn: string };
  signer: { arn: string };
  topic: { arn: string };
  machine?: { arn: string; executions: string };
  control?: { arn: string; url: string };
  received?: { arn: string; url: string };
}

export interface RoleOptions {
  hub: Hub;
  settings: Settings;
  /** The part of the evidence bucket that the role may write: intake the raw findings, steps their records. */
  writes: 'raw' | 'cases';
}

/** Which actions may be declared on what. Whole names only: no declaration can smuggle a wildcard in. */
const belongs: Record<On, RegExp> = {
  // Making and deleting keys is for managed users.
  user: /^iam:(?!(Create|Delete)AccessKey$)[A-Za-z]*(User|AccessKey|LoginProfile|MFADevice)[A-Za-z]*$|^iam:SimulatePrincipalPolicy$/,
  'managed-user': /^iam:[A-Za-z]*(User|AccessKey|LoginProfile|MFADevice)[A-Za-z]*$/,
  // The documents of managed policies, the account's own and those of AWS: read only.
  policy: /^iam:Get(Policy|PolicyVersion)$/,
  role: /^iam:((?!PassRole$)[A-Za-z]*Role[A-Za-z]*|SimulatePrincipalPolicy)$/,
  'managed-secret': /^secretsmanager:(Describe|Get|Put|Update|Restore|ListSecretVersionIds)[A-Za-z]*$/,
  // Reads whose request names no resource: GetAccessKeyLastUsed knows a key id, SimulateCustomPolicy the policies given.
  listing: /^[a-z-]+:(List|Lookup)[A-Za-z]+$|^iam:(GetAccessKeyLastUsed|SimulateCustomPolicy)$/,
  register: /^dynamodb:(GetItem|PutItem|UpdateItem|DeleteItem|ConditionCheckItem|Query)$/,
  evidence: /^s3:(PutObject|GetObject)$/,
  signer: /^kms:(Sign|GetPublicKey)$/,
  machine: /^states:(StartExecution|DescribeExecution)$/,
  // The queue of our own messages.
  control: /^sqs:SendMessage$/,
  received: /^sqs:SendMessage$/,
  'received-rows': /^dynamodb:(GetItem|PutItem)$/,
  'webhook-secret': /^secretsmanager:GetSecretValue$/,
  topic: /^sns:Publish$/,
  trail: /^s3:(ListBucket|GetObject)$/,
  'look-schedule': /^(scheduler:CreateSchedule|iam:PassRole)$/,
};

const iam = (what: string) => `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:${what}`;
const allow = (sid: string, actions: string[], resources: string[], conditions?: Record<string, unknown>) =>
  new PolicyStatement({ sid, actions: actions.toSorted(), resources, ...(conditions && { conditions }) });

/**
 * Declared permissions as statements: the resource, the condition and the guards that belong to each `on`. Using the
 * data key follows from what is used behind it (S3, SNS) and is bound to that service.
 */
export function statementsFor(permissions: readonly Permission[], options: RoleOptions): PolicyStatement[] {
  const byTarget = new Map<On, string[]>();
  for (const { action, on } of permissions) {
    if (!belongs[on].test(action)) throw new Error(`the permission ${action} cannot be declared on ${on}`);
    byTarget.set(on, [...new Set([...(byTarget.get(on) ?? []), action])]);
  }
  const statements = [...byTarget].flatMap(([on, actions]) => targets[on](actions, options));
  const touchesIdentities = ['user', 'role', 'managed-user'].some((on) => byTarget.has(on as On));
  return touchesIdentities ? [...statements, guard(options.settings)] : statements;
}

const targets: Record<On, (actions: string[], options: RoleOptions) => PolicyStatement[]> = {
  user: (actions) => [allow('Users', actions, [iam('user/*')])],
  role: (actions) => [allow('Roles', actions, [iam('role/*')])],
  policy: (actions) => [allow('ManagedPolicies', actions, [iam('policy/*'), `arn:${Aws.PARTITION}:iam::aws:policy/*`])],
  'managed-user': (actions, { settings }) => [allow('ManagedUsers', actions, [iam('user/*')], managed(settings))],
  'managed-secret': (actions, { settings }) => [
    allow(
      'ManagedSecrets',
      actions,
      [`arn:${Aws.PARTITION}:secretsmanager:${Aws.REGION}:${Aws.ACCOUNT_ID}:secret:*`],
      managed(settings),
    ),
  ],
  listing: (actions) => [allow('Listing', actions, ['*'])],
  register: (actions, { hub }) => [allow('Register', actions, [hub.register.arn])],
  signer: (actions, { hub }) => [allow('Signer', actions, [hub.signer.arn])],
  evidence: (actions, { hub, writes }) =>
    actions.flatMap((action) =>
      action === 's3:PutObject'
        ? [
            allow('EvidenceWrite', [action], [`${hub.evidence.arn}/${writes}/*`]),
            behind('s3', ['kms:GenerateDataKey'], 'EvidenceEncrypt', hub),
          ]
        : [
            allow('EvidenceRead', [action], [`${hub.evidence.arn}/raw/*`, `${hub.evidence.arn}/cases/*`]),
            behind('s3', ['kms:Decrypt'], 'EvidenceDecrypt', hub),
          ],
    ),
  control: (actions, { hub: { control } }) => {
    if (!control) throw new Error(`${actions.join(', ')}: this role is given no control queue`);
    return [allow('Control', actions, [control.arn])];
  },
  received: (actions, { hub: { received } }) => {
    if (!received) throw new Error(`${actions.join(', ')}: this role is given no queue of received events`);
    return [allow('Received', actions, [received.arn])];
  },
  // As for the stop switch: an operator that the engine, which knows no leading keys, lets through.
  'received-rows': (actions, { hub }) => [
    allow('ReceivedRows', actions, [hub.register.arn], {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['received#*'] },
    }),
  ],
  // A deployment that hears no webhook gets no statement, whatever is declared.
  'webhook-secret': (actions, { settings: { github } }) =>
    github ? [allow('WebhookSecret', actions, [github.secretArn])] : [],
  topic: (actions, { hub }) => [
    allow('Topic', actions, [hub.topic.arn]),
    // Both, as the SNS Developer Guide, "Managing Amazon SNS encryption keys", asks of a publisher.
    behind('sns', ['kms:Decrypt', 'kms:GenerateDataKey'], 'TopicEncrypt', hub),
  ],
  'look-schedule': (actions) =>
    actions.map((action) =>
      action === 'iam:PassRole'
        ? allow('LookRole', [action], [lookRoleArn()], {
            StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' },
          })
        : allow(
            'LookSchedule',
            [action],
            [`arn:${Aws.PARTITION}:scheduler:${Aws.REGION}:${Aws.ACCOUNT_ID}:schedule/default/rescind-look-*`],
          ),
    ),
  // A deployment without a trail gets no statement, whatever is declared.
  trail: (actions, { settings: { trail } }) => {
    if (!trail) return [];
    const bucket = `arn:${Aws.PARTITION}:s3:::${trail.bucket}`;
    const below = `${trail.prefix}AWSLogs/${Aws.ACCOUNT_ID}/CloudTrail/*`;
    return actions.map((action) =>
      action === 's3:ListBucket'
        ? allow('TrailList', [action], [bucket], { StringLike: { 's3:prefix': below } })
        : allow('TrailRead', [action], [`${bucket}/${below}`]),
    );
  },
  machine: (actions, { hub: { machine } }) => {
    if (!machine) throw new Error(`${actions.join(', ')}: only intake may start the case machine`);
    return actions.map((action) =>
      action === 'states:StartExecution'
        ? allow('MachineStart', [action], [machine.arn])
        : allow('MachineRead', [action], [machine.executions]),
    );
  },
};

const managed = ({ tags }: Settings) => ({ StringEquals: { [`aws:ResourceTag/${tags.managed}`]: 'managed' } });

const behind = (service: string, actions: string[], sid: string, { dataKey }: Hub) =>
  allow(sid, actions, [dataKey.arn], { StringEquals: { 'kms:ViaService': `${service}.${Aws.REGION}.amazonaws.com` } });

/** Every verb with which IAM changes something; reading a protected identity stays allowed, so that a case can say so. */
const iamWrites = [
  ...['Add', 'Attach', 'Change', 'Create', 'Deactivate', 'Delete', 'Detach', 'Disable', 'Enable', 'Pass', 'Put'],
  ...['Remove', 'Reset', 'Resync', 'Set', 'Tag', 'Untag', 'Update', 'Upload'],
].map((verb) => `iam:${verb}*`);

/** An inline role policy has 10,240 characters (IAM quotas); the rest of ours needs less than 3,000. */
const protectedLimit = 6000;

function guard(settings: Settings): PolicyStatement {
  const length = settings.protected.join('","').length;
  if (length > protectedLimit) {
    const about = `protected: the ARNs have ${length} characters together, and a role policy has room for ${protectedLimit}`;
    throw new RescindError('SETTINGS_INVALID', about);
  }
  return new PolicyStatement({
    sid: 'Guard',
    effect: Effect.DENY,
    actions: iamWrites,
    // CDK's own roles deploy everything, this app too (CDK Developer Guide, "Bootstrapping": `cdk-QUALIFIER-…`).
    resources: [iam('role/rescind-*'), iam('role/cdk-*'), ...settings.protected],
  });
}

/** What the runtime of a Lambda needs: its own log group, and traces, which X-Ray cannot scope. */
export const runtimeStatements = (logGroupArn: string): PolicyStatement[] => [
  allow('OwnLogs', ['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroupArn]),
  allow('Traces', ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'], ['*']),
];

/** Lambda Developer Guide, "Using Lambda with Amazon SQS": what the mapping does in the name of the function's role. */
export const consumerStatement = (queueArns: string[]): PolicyStatement =>
  allow('Queue', ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'], queueArns);

/**
 * The role of the machine: its steps, and log delivery and traces, which have no resource (Step Functions Developer
 * Guide, "Logging in CloudWatch Logs" and "Tracing with X-Ray").
 */
export const machineStatements = (functionArns: string[]): PolicyStatement[] => [
  allow('Steps', ['lambda:InvokeFunction'], functionArns),
  allow(
    'LogDelivery',
    [
      ...['Create', 'Get', 'Update', 'Delete'].map((verb) => `logs:${verb}LogDelivery`),
      ...[
        'logs:ListLogDeliveries',
        'logs:PutResourcePolicy',
        'logs:DescribeResourcePolicies',
        'logs:DescribeLogGroups',
      ],
    ],
    ['*'],
  ),
  allow(
    'Traces',
    ['xray:GetSamplingRules', 'xray:GetSamplingTargets', 'xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
    ['*'],
  ),
];

/**
 * Whoever runs the product: reads the register and the evidence, writes one row of the register, asks for a retry, and
 * starts a rollback. Nothing on identities.
 */
export const operatorStatements = (
  hub: Hub,
  {
    stack,
    control,
    received,
    deadLetters,
    cases,
    rollback,
  }: Record<'stack' | 'control' | 'received' | 'cases', string> & {
    deadLetters: string[];
    rollback: NonNullable<Hub['machine']>;
  },
): PolicyStatement[] => [
  allow('Stack', ['cloudformation:DescribeStacks'], [stack]),
  allow('Register', ['dynamodb:GetItem', 'dynamodb:Query'], [hub.register.arn, `${hub.register.arn}/index/cases`]),
  // DynamoDB Developer Guide, "Using IAM policy conditions for fine-grained access control". ForAllValues, because the
  // engine knows no leading keys and would never allow under another operator; on AWS a write always has one.
  allow('StopSwitch', ['dynamodb:UpdateItem'], [hub.register.arn], {
    'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['stop'] },
  }),
  allow('EvidenceRead', ['s3:GetObject'], [`${hub.evidence.arn}/raw/*`, `${hub.evidence.arn}/cases/*`]),
  behind('s3', ['kms:Decrypt'], 'EvidenceDecrypt', hub),
  allow('Signer', ['kms:GetPublicKey'], [hub.signer.arn]),
  allow('Control', ['sqs:SendMessage'], [control, received]),
  allow('DeadLetters', ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'], deadLetters),
  allow('RollbackStart', ['states:StartExecution'], [rollback.arn]),
  allow('MachineRead', ['states:DescribeExecution'], [cases, rollback.executions]),
];

/**
 * What `rescind doctor` reads for the operator (`core/checks`): how the sources and our own parts are set up. The Service
 * Authorization Reference says what has no resource; a trail may be of another Region or of the organization.
 */
export const doctorStatements = (
  hub: Hub,
  { identityProviders: { okta, auth0 }, github }: Settings,
): PolicyStatement[] => {
  const here = (service: string, resource: string) =>
    `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}`;
  const buses = [okta, auth0].flatMap((provider) => (provider ? [provider.eventBus] : []));
  const sources = buses.map((name) => `arn:${Aws.PARTITION}:events:${Aws.REGION}::event-source/${name}`);
  return [
    allow(
      'Listing',
      [
        ...['access-analyzer:ListAnalyzers', 'cloudtrail:DescribeTrails', 'guardduty:ListDetectors'],
        ...['lambda:ListEventSourceMappings', 'securityhub:DescribeSecurityHubV2'],
      ],
      ['*'],
    ),
    allow('Detector', ['guardduty:GetDetector'], [here('guardduty', 'detector/*')]),
    allow(
      'Trails',
      ['cloudtrail:GetEventSelectors', 'cloudtrail:GetTrailStatus'],
      [`arn:${Aws.PARTITION}:cloudtrail:*:*:trail/*`],
    ),
    allow('SecurityHub', ['securityhub:DescribeHub'], [here('securityhub', 'hub/default')]),
    allow(
      'Rules',
      ['events:DescribeRule', 'events:ListTargetsByRule'],
      [here('events', 'rule/rescind-*'), here('events', 'rule/*/rescind-*')],
    ),
    allow(
      'Readers',
      ['lambda:GetFunction'],
      ['intake', 'watch'].map((name) => here('lambda', `function:rescind-${name}`)),
    ),
    allow('TopicRead', ['sns:GetTopicAttributes'], [hub.topic.arn]),
    ...(sources.length > 0 ? [allow('PartnerSources', ['events:DescribeEventSource'], sources)] : []),
    ...(github ? [allow('WebhookSecret', ['secretsmanager:DescribeSecret'], [github.secretArn])] : []),
  ];
};

/** By their names: the look is made after the steps, and `close` must know it. */
export const lookArn = (): string =>
  `arn:${Aws.PARTITION}:lambda:${Aws.REGION}:${Aws.ACCOUNT_ID}:function:rescind-look`;
export const lookRoleArn = (): string => iam(`role/${roleName('look-scheduler')}`);

/** The schedules' role: it calls the look, and nothing else. */
export const lookSchedulerStatement = (functionArn: string): PolicyStatement =>
  allow('Look', ['lambda:InvokeFunction'], [functionArn]);

export const publisherStatement = (busArn: string): PolicyStatement =>
  allow('SimulationBus', ['events:PutEvents'], [busArn]);

/** All our roles share the prefix that the guard refuses. The Region is in it because IAM is global. */
export const roleName = (of: string): string => `rescind-${Aws.REGION}-${of}`;
