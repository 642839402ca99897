import type { Permission } from '#core/permission';

/**
 * What the adapters themselves ask of AWS, beside what steps and plugins declare. No SDK is imported here, because
 * `lib/` reads this to build the roles.
 */
const evidence: Permission[] = [
  { action: 's3:PutObject', on: 'evidence' },
  { action: 's3:GetObject', on: 'evidence' },
];

/** `intake` parses hostile input: it stores the bytes, the register row, and starts the machine. It cannot sign. */
export const intakePermissions: Permission[] = [
  { action: 's3:PutObject', on: 'evidence' },
  { action: 'dynamodb:GetItem', on: 'register' },
  { action: 'dynamodb:PutItem', on: 'register' },
  { action: 'dynamodb:Query', on: 'register' },
  { action: 'dynamodb:UpdateItem', on: 'register' },
  { action: 'states:StartExecution', on: 'machine' },
  { action: 'states:DescribeExecution', on: 'machine' },
];

/**
 * `receiver` parses what anybody on the internet sends: it puts what it believes on its queue and remembers it in rows of
 * its own.
 */
export const receiverPermissions: Permission[] = [
  { action: 'sqs:SendMessage', on: 'received' },
  { action: 'dynamodb:GetItem', on: 'received-rows' },
  { action: 'dynamodb:PutItem', on: 'received-rows' },
  { action: 'secretsmanager:GetSecretValue', on: 'webhook-secret' },
];

/** Every step loads its case and its raw findings, writes and signs its record. */
export const stepPermissions: Permission[] = [
  ...evidence,
  { action: 'dynamodb:GetItem', on: 'register' },
  { action: 'dynamodb:Query', on: 'register' },
  { action: 'dynamodb:UpdateItem', on: 'register' },
  { action: 'kms:GetPublicKey', on: 'signer' },
  { action: 'kms:Sign', on: 'signer' },
];
