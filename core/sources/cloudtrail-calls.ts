import type { Class } from './signal.ts';

type Signal = Class['signal'];

/** A call that is news, as its record's `eventSource` (before `.amazonaws.com`) and `eventName` tell it. */
export interface Call {
  service: string;
  name: string;
  /** What its parameters make of it (`cloudtrail-variants.ts`); a line of its own here, because its class is its own. */
  variant?: string;
  /** Who the finding is about: the user or the role that is changed, or whoever called. */
  about: 'user' | 'role' | 'caller';
  signal: Signal;
  /** The signal where the user or role that is changed has made the call itself. */
  bySelf: Signal;
  why: string;
}

const [advisory, blocking] = ['advisory', 'blocking'] as const;

const call = (
  service: string,
  about: Call['about'],
  path: string,
  signal: Signal,
  bySelf: Signal,
  why: string,
): Call => {
  const [name = '', variant] = path.split('/');
  return { service, name, ...(variant && { variant }), about, signal, bySelf, why };
};
const user = (...[path, signal, bySelf, why]: [string, Signal, Signal, string]) =>
  call('iam', 'user', path, signal, bySelf, why);
const role = (...[path, signal, bySelf, why]: [string, Signal, Signal, string]) =>
  call('iam', 'role', path, signal, bySelf, why);
const callsTo = (service: string, ...lines: [path: string, signal: Signal, why: string][]): Call[] =>
  lines.map(([path, signal, why]) => call(service, 'caller', path, signal, signal, why));

const climbing = 'its own holder made the call, which is how a thief stays or gains more';
const everything = 'a policy of AWS that gives everything, all but IAM, or all of IAM';
const more = 'it may do more than before, and deployments change policies every day';
const members = 'every member of the group may do more than before, and deployments change policies every day';
const holders = 'whoever has the policy may do something else than before, and deployments change policies every day';
const provider = 'whoever the provider vouches for can become the roles that trust it';

/**
 * Every call that is read, one line each: its name, its signal (of a change: by others, then by the holder itself), and
 * why. How a policy reads is not looked at: the call is the news.
 */
export const calls: readonly Call[] = [
  user('CreateAccessKey', advisory, advisory, 'making keys is everyday work: by itself it cuts nobody'),
  user('CreateLoginProfile', advisory, blocking, 'a password for the console, beside the keys'),
  // Who knows the password changes it by ChangePassword, which asks for it.
  user('UpdateLoginProfile', advisory, blocking, 'another password for the console, and the old one was not asked for'),
  user('CreateServiceSpecificCredential', advisory, advisory, 'a credential for one service, which outlives the keys'),
  user('AttachUserPolicy/Administrator', blocking, blocking, everything),
  user('AttachUserPolicy', advisory, blocking, more),
  user('PutUserPolicy', advisory, blocking, more),
  user('AddUserToGroup', advisory, blocking, 'it may do what the group may do'),
  user('DeleteUserPermissionsBoundary', blocking, blocking, 'what limited all of its policies is gone'),
  user('DeactivateMFADevice', blocking, blocking, 'MFA is removed: the password alone opens the console'),
  role('AttachRolePolicy/Administrator', blocking, blocking, everything),
  role('AttachRolePolicy', advisory, blocking, more),
  role('PutRolePolicy', advisory, blocking, more),
  role('UpdateAssumeRolePolicy', blocking, blocking, 'others can become the role: no cut of a key takes that back'),
  role('DeleteRolePermissionsBoundary', blocking, blocking, 'what limited all of its policies is gone'),
  ...callsTo(
    'iam',
    ['AttachGroupPolicy/Administrator', blocking, everything],
    ['AttachGroupPolicy', advisory, members],
    ['PutGroupPolicy', advisory, members],
    ['CreatePolicyVersion', advisory, holders],
    ['SetDefaultPolicyVersion', advisory, holders],
    // IAM deletes none that is in use (API Reference, DeleteVirtualMFADevice), and its name says nothing of its holder.
    ['DeleteVirtualMFADevice', advisory, 'an MFA device that was taken out of use before is gone'],
    ['CreateSAMLProvider', blocking, provider],
    ['UpdateSAMLProvider', blocking, provider],
    ['CreateOpenIDConnectProvider', blocking, provider],
    [
      'AddClientIDToOpenIDConnectProvider',
      blocking,
      'one more application can become the roles that trust the provider',
    ],
    ['UpdateOpenIDConnectProviderThumbprint', advisory, 'certificates of providers are renewed regularly'],
  ),
  ...callsTo(
    'rolesanywhere',
    ['CreateTrustAnchor', blocking, 'whoever has a certificate of the authority can become roles'],
    ['UpdateTrustAnchor', blocking, 'whoever has a certificate of the authority can become roles'],
    ['CreateProfile', advisory, 'it names roles for certificates, and opens nothing without a trust anchor'],
    ['UpdateProfile', advisory, 'it names roles for certificates, and opens nothing without a trust anchor'],
  ),
  ...callsTo(
    'cloudtrail',
    ['StopLogging', blocking, 'a trail records nothing from now on'],
    ['DeleteTrail', blocking, 'a trail records nothing from now on'],
    ['UpdateTrail', blocking, 'what a trail records, or where it is kept, may be another'],
    ['PutEventSelectors', blocking, 'a trail may have stopped recording management events'],
  ),
  ...callsTo(
    'config',
    ['StopConfigurationRecorder', blocking, 'changes of resources are not recorded from now on'],
    ['DeleteConfigurationRecorder', blocking, 'changes of resources are not recorded from now on'],
  ),
  ...callsTo(
    'guardduty',
    ['DeleteDetector', blocking, 'GuardDuty watches nothing from now on'],
    ['UpdateDetector', blocking, 'GuardDuty, or a part of it, watches nothing from now on'],
    ['DisassociateFromAdministratorAccount', blocking, 'who watches for the organization no longer sees the account'],
    ['DisassociateFromMasterAccount', blocking, 'who watches for the organization no longer sees the account'],
    ['StopMonitoringMembers', blocking, 'GuardDuty watches nothing in accounts from now on'],
  ),
  ...callsTo('ec2', ['DeleteFlowLogs', advisory, 'flow logs go with their network, which is everyday work']),
  ...callsTo(
    'organizations',
    ['LeaveOrganization', blocking, 'the guardrails of the organization hold no longer for the account'],
    ['RemoveAccountFromOrganization', blocking, 'the guardrails of the organization hold no longer for an account'],
    ['DisablePolicyType', blocking, 'no policy of that kind, a guardrail of all accounts, holds any longer'],
    ['DetachPolicy', blocking, 'a guardrail may hold no longer for accounts'],
    ['UpdatePolicy', advisory, 'a guardrail of accounts is another'],
    ['MoveAccount', advisory, 'other guardrails hold for an account'],
    ['RegisterDelegatedAdministrator', advisory, 'one more account can administer a service for all'],
  ),
  ...callsTo(
    'signin',
    ['ConsoleLogin/Root', blocking, 'root signed in: no policy of the account limits it'],
    [
      'ConsoleLogin/WithoutMFA',
      advisory,
      'a password alone opened the console, which is common where MFA is not asked for',
    ],
    ['PasswordUpdated/Root', blocking, 'the password of root is another'],
    ['PasswordRecoveryCompleted/Root', blocking, 'the password of root is another, by way of its mailbox'],
  ),
];

/** Any other call by root, whatever its service. */
export const rootCall: Class = {
  types: 'Root:APICall',
  signal: blocking,
  why: 'root made a change: no policy of the account limits it',
};

const labels: Record<string, string> = {
  iam: 'IAM',
  rolesanywhere: 'RolesAnywhere',
  cloudtrail: 'CloudTrail',
  config: 'Config',
  guardduty: 'GuardDuty',
  ec2: 'EC2',
  organizations: 'Organizations',
  signin: 'SignIn',
};

/** The type of its findings: SERVICE:EVENTNAME, and for a change of somebody who made it. */
export const typeOf = ({ service, name, variant, about }: Call, isSelf: boolean): string =>
  [`${labels[service]}:${name}`, variant, about === 'caller' ? undefined : isSelf ? 'BySelf' : 'ByOther']
    .filter((part) => part !== undefined)
    .join('/');

export const callClasses: readonly Class[] = [
  ...calls.flatMap((call): Class[] => {
    const { about, signal, bySelf, why } = call;
    if (about === 'caller') return [{ types: typeOf(call, false), signal, why }];
    if (signal === bySelf) return [{ types: typeOf(call, true).replace(/BySelf$/, '*'), signal, why }];
    return [
      { types: typeOf(call, true), signal: bySelf, why: climbing },
      { types: typeOf(call, false), signal, why },
    ];
  }),
  rootCall,
  { types: '*', signal: 'advisory', why: 'news of an identity that has a case' },
];
