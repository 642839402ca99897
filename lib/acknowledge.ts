import { Stack, Validations } from 'aws-cdk-lib';
import type { Policy } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/** Why a statement of `permissions.ts`, by its Sid, cannot name its resources one by one. */
const wildcards: Record<string, string> = {
  Users:
    'A finding may name any user of the account. Protected identities and our own roles are denied in the same role.',
  Roles:
    'A finding may name any role of the account. Protected identities and our own roles are denied in the same role.',
  ManagedUsers: 'Only users that carry the managed tag, by the condition of the statement; protected ones are denied.',
  ManagedPolicies: 'The documents of the managed policies that a role has, read only.',
  ManagedSecrets: 'Only secrets that carry the managed tag, by the condition of the statement.',
  Listing: 'Actions that list have no resource in IAM, nor have a few that describe.',
  EvidenceWrite:
    'Keys are digests and case numbers, not known at deployment; the prefix is fixed and objects are write-once.',
  EvidenceRead: 'Keys are digests and case numbers, not known at deployment; the prefixes are fixed.',
  LookSchedule: 'Schedules are named by case and run, not known at deployment; the prefix is fixed.',
  TrailRead: 'Names of trail files hold Region, day and a random part, not known at deployment; the prefix is fixed.',
  MachineRead: 'Executions are named by case and run, not known at deployment.',
  Stack: 'The stack by its name, which is how the command line asks for it; the id is new with each deployment.',
  OwnLogs: 'The streams of the log group of this one function.',
  Detector: 'The id of the detector is that of GuardDuty and not known at deployment; read only.',
  Trails: 'Trails of the account or of its organization, not known at deployment; read only.',
  Rules: 'Our own rules, on whatever bus; read only.',
  Traces: 'X-Ray has no resources for trace data.',
  LogDelivery: 'Log delivery has no resources (Step Functions Developer Guide, Logging in CloudWatch Logs).',
};

/** Records why a rule of cdk-nag does not apply to a construct. */
export const acknowledge = (construct: Construct, rule: string, reason: string): void =>
  Validations.of(construct).acknowledge({ id: `AwsSolutions::AwsSolutions-${rule}`, reason });

/** Acknowledges every wildcard of a policy made by `permissions.ts`, each with the reasons of its statements' Sids. */
export function acknowledgeWildcards(policy: Policy): void {
  const reasons = new Map<string, string[]>();
  for (const { Sid, Effect, Resource } of Stack.of(policy).resolve(policy.document).Statement)
    for (const resource of [Resource].flat().map(plain)) {
      if (Effect === 'Deny' || !resource.includes('*')) continue;
      const reason = wildcards[Sid];
      if (!reason) throw new Error(`the statement ${Sid} has the wildcard ${resource} and no reason for it`);
      reasons.set(resource, [...(reasons.get(resource) ?? []), reason]);
    }
  for (const [resource, because] of reasons) acknowledge(policy, `IAM5[Resource::${resource}]`, because.join(' '));
}

/** An ARN with its references in angle brackets, as cdk-nag names findings. */
function plain(resolved: unknown): string {
  if (typeof resolved === 'string') return resolved;
  const [name, value] = Object.entries(resolved as Record<string, unknown>)[0] ?? [];
  if (name === 'Fn::Join') return (value as [string, unknown[]])[1].map(plain).join('');
  return `<${[value].flat().join('.')}>`;
}
