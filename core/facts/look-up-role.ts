import * as v from 'valibot';
import type { Permission } from '#core/permission';
import { AwsRefusal, type CallAws, type Operation } from '#core/ports';
import type { RoleFacts } from '#core/step-facts';
import { date, parseAnswer, tags } from './answer.ts';
import { inlinePolicy } from './inline-policy.ts';
import { policyDocument } from './policy-document.ts';

export const lookUpRolePermissions: Permission[] = [
  { action: 'iam:GetRole', on: 'role' },
  { action: 'iam:ListRolePolicies', on: 'role' },
  { action: 'iam:GetRolePolicy', on: 'role' },
  { action: 'iam:ListAttachedRolePolicies', on: 'role' },
  { action: 'iam:ListInstanceProfilesForRole', on: 'role' },
];

const roleAnswer = v.object({
  Role: v.object({
    Arn: v.string(),
    RoleName: v.string(),
    Path: v.string(),
    RoleId: v.string(),
    CreateDate: date,
    Tags: tags,
    // IAM API reference, Role: an hour where nothing else was set.
    MaxSessionDuration: v.optional(v.number(), 3600),
    AssumeRolePolicyDocument: v.string(),
  }),
});

/** The role as IAM has it now, with every policy that is part of it, or null where there is none of that name. */
export async function lookUpRole(name: string, aws: CallAws): Promise<RoleFacts | null> {
  const answer = await role(name, aws);
  if (answer === null) return null;
  const { Role } = parseAnswer('iam:GetRole', roleAnswer, answer);
  const [inlinePolicies, attachedPolicies, instanceProfiles] = await Promise.all([
    list('iam:ListRolePolicies', name, inlineNames, aws).then((names) => inlineDocuments(name, names, aws)),
    list('iam:ListAttachedRolePolicies', name, attachedArns, aws),
    list('iam:ListInstanceProfilesForRole', name, profileArns, aws),
  ]);
  return {
    arn: Role.Arn,
    name: Role.RoleName,
    path: Role.Path,
    uniqueId: Role.RoleId,
    createdAt: Role.CreateDate ?? null,
    tags: Role.Tags,
    maxSessionSeconds: Role.MaxSessionDuration,
    trust: policyDocument(Role.AssumeRolePolicyDocument),
    inlinePolicies,
    attachedPolicies,
    instanceProfiles,
  };
}

async function role(name: string, aws: CallAws): Promise<unknown> {
  try {
    return await aws('iam:GetRole', { RoleName: name });
  } catch (error) {
    if (error instanceof AwsRefusal && error.name === 'NoSuchEntityException') return null;
    throw error;
  }
}

/** One that is gone by now is no part of the role any more. */
async function inlineDocuments(role: string, names: string[], aws: CallAws): Promise<RoleFacts['inlinePolicies']> {
  const all = await Promise.all(
    names.map(async (name) => {
      const text = await inlinePolicy('iam:GetRolePolicy', { RoleName: role, PolicyName: name }, aws);
      return text === null ? [] : [{ name, document: policyDocument(text) }];
    }),
  );
  return all.flat();
}

const page = { IsTruncated: v.optional(v.boolean(), false), Marker: v.optional(v.string()) };
const inlineNames = v.pipe(
  v.object({ ...page, PolicyNames: v.array(v.string()) }),
  v.transform(({ PolicyNames, ...rest }) => ({ ...rest, items: PolicyNames })),
);
const attachedArns = v.pipe(
  v.object({ ...page, AttachedPolicies: v.array(v.object({ PolicyArn: v.string() })) }),
  v.transform(({ AttachedPolicies, ...rest }) => ({ ...rest, items: AttachedPolicies.map((each) => each.PolicyArn) })),
);
const profileArns = v.pipe(
  v.object({ ...page, InstanceProfiles: v.array(v.object({ Arn: v.string() })) }),
  v.transform(({ InstanceProfiles, ...rest }) => ({ ...rest, items: InstanceProfiles.map((each) => each.Arn) })),
);

async function list(
  operation: Operation,
  name: string,
  schema: v.GenericSchema<unknown, { items: string[]; IsTruncated: boolean; Marker?: string | undefined }>,
  aws: CallAws,
): Promise<string[]> {
  const all: string[] = [];
  let marker: string | undefined;
  do {
    const answer = await aws(operation, { RoleName: name, ...(marker && { Marker: marker }) });
    const { items, IsTruncated, Marker } = parseAnswer(operation, schema, answer);
    all.push(...items);
    marker = IsTruncated ? Marker : undefined;
  } while (marker);
  return all;
}
