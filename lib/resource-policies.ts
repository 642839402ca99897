import { Aws } from 'aws-cdk-lib';
import {
  AccountRootPrincipal,
  AnyPrincipal,
  Effect,
  type IRole,
  PolicyStatement,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';

const inThisAccount = { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } };

/** A queue that takes messages from these rules and from nobody else, whatever an identity policy allows. */
export const onlyFromRules = (queueArn: string, ruleArns: string[]): PolicyStatement[] => [
  new PolicyStatement({
    sid: 'OurRules',
    principals: [new ServicePrincipal('events.amazonaws.com')],
    actions: ['sqs:SendMessage'],
    resources: [queueArn],
    conditions: { ArnEquals: { 'aws:SourceArn': ruleArns } },
  }),
  // A caller that is no AWS service has no aws:SourceArn: the negated operator is true for it, which is the point.
  new PolicyStatement({
    sid: 'NobodyElse',
    effect: Effect.DENY,
    principals: [new AnyPrincipal()],
    actions: ['sqs:SendMessage'],
    resources: [queueArn],
    conditions: { ArnNotEquals: { 'aws:SourceArn': ruleArns } },
  }),
];

/**
 * A queue that takes messages from these roles and from nobody else, whatever an identity policy allows. Of a session
 * aws:PrincipalArn is its role's ARN (IAM User Guide, "AWS global condition context keys").
 */
export const onlyFromRoles = (queueArn: string, roleArns: string[]): PolicyStatement =>
  new PolicyStatement({
    sid: 'NobodyElse',
    effect: Effect.DENY,
    principals: [new AnyPrincipal()],
    actions: ['sqs:SendMessage'],
    resources: [queueArn],
    conditions: { ArnNotEquals: { 'aws:PrincipalArn': roleArns } },
  });

/**
 * A queue whose messages go to the sessions of this role and to nobody else, whatever an identity policy allows: who
 * takes a message away loses a finding. Lambda reads a queue with the function's role (Lambda Developer Guide, "Using
 * Lambda with Amazon SQS"). Who may change the queue's policy can lift this; so it can be repaired.
 */
export const onlyReadBy = (queueArn: string, roleArn: string): PolicyStatement =>
  new PolicyStatement({
    sid: 'NobodyElseReads',
    effect: Effect.DENY,
    principals: [new AnyPrincipal()],
    actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:PurgeQueue'],
    resources: [queueArn],
    conditions: { ArnNotEquals: { 'aws:PrincipalArn': roleArn } },
  });

/**
 * A delete that names no version is never refused by a lock: it puts a marker above the record, which hides it and frees
 * its key (S3 User Guide, "Object Lock considerations"). Whole versions can be deleted once their lock is over.
 */
export const mustNotBeHidden = (objects: string[]): PolicyStatement =>
  new PolicyStatement({
    sid: 'NoDeleteMarkers',
    effect: Effect.DENY,
    principals: [new AnyPrincipal()],
    actions: ['s3:DeleteObject'],
    resources: objects,
  });

/** In production nobody ends a governance lock early, nor makes a lock longer than the deployment says. */
export const locksMustStay = (objects: string[]): PolicyStatement =>
  new PolicyStatement({
    sid: 'LocksStay',
    effect: Effect.DENY,
    principals: [new AnyPrincipal()],
    actions: ['s3:BypassGovernanceRetention', 's3:PutObjectRetention'],
    resources: objects,
  });

/** The policy of the simulation bus: who may forge findings is one role. */
export const onlyPublisher = (busArn: string, publisher: IRole) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'Publisher',
      Effect: 'Allow',
      Principal: { AWS: publisher.roleArn },
      Action: 'events:PutEvents',
      Resource: busArn,
    },
    {
      Sid: 'NobodyElse',
      Effect: 'Deny',
      Principal: '*',
      Action: 'events:PutEvents',
      Resource: busArn,
      Condition: { ArnNotEquals: { 'aws:PrincipalArn': publisher.roleArn } },
    },
  ],
});

/** A topic with a policy of its own no longer lets alarms in by default. */
export const alarmsMayPublish = (topicArn: string): PolicyStatement =>
  new PolicyStatement({
    sid: 'Alarms',
    principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
    actions: ['sns:Publish'],
    resources: [topicArn],
    conditions: inThisAccount,
  });

/** Alarms publish to a topic under a customer key only if the key lets CloudWatch in (SNS, "Managing encryption keys"). */
export const alarmsMayEncrypt = (): PolicyStatement =>
  new PolicyStatement({
    sid: 'Alarms',
    principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
    actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
    resources: ['*'],
    conditions: inThisAccount,
  });

/**
 * The account administers the signing key but cannot sign with it, not even by an identity policy: CreateGrant and
 * Sign are left out. Who may change this policy could still let himself in, which CloudTrail shows.
 */
export const signerAdministration = (): PolicyStatement =>
  new PolicyStatement({
    sid: 'Administration',
    principals: [new AccountRootPrincipal()],
    actions: [
      ...['kms:CreateAlias', 'kms:DeleteAlias', 'kms:UpdateAlias', 'kms:UpdateKeyDescription', 'kms:PutKeyPolicy'],
      ...['kms:Describe*', 'kms:Get*', 'kms:List*', 'kms:Verify', 'kms:TagResource', 'kms:UntagResource'],
      ...['kms:EnableKey', 'kms:DisableKey', 'kms:ScheduleKeyDeletion', 'kms:CancelKeyDeletion', 'kms:RevokeGrant'],
    ],
    resources: ['*'],
  });

export const maySign = (roles: IRole[]): PolicyStatement =>
  new PolicyStatement({
    sid: 'StepsSign',
    principals: roles,
    actions: ['kms:Sign', 'kms:GetPublicKey'],
    resources: ['*'],
  });

export const mustNotSign = (role: IRole): PolicyStatement =>
  new PolicyStatement({
    sid: 'IntakeNeverSigns',
    effect: Effect.DENY,
    principals: [role],
    actions: ['kms:Sign', 'kms:CreateGrant'],
    resources: ['*'],
  });

/** Evidence under a deleted key is lost evidence. Lifted only by a change of the key policy. */
export const mustNotVanish = (): PolicyStatement =>
  new PolicyStatement({
    sid: 'NeverDeleted',
    effect: Effect.DENY,
    principals: [new AnyPrincipal()],
    actions: ['kms:ScheduleKeyDeletion', 'kms:DisableKey'],
    resources: ['*'],
  });
