import { awsError, type Handle, type Input } from './fake-aws.ts';

export interface FakeRole {
  name: string;
  arn: string;
  path: string;
  uniqueId: string;
  tags: Record<string, string>;
  trust: string;
  policies: Map<string, string>;
  /** ARNs of managed policies. */
  attached: string[];
  instanceProfiles: string[];
}

const ec2 = { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' };

/** Roles as the IAM API reference describes them; lists come page by page, one entry each. */
export function fakeRoles(account: string) {
  const roles = new Map<string, FakeRole>();
  const managed = new Map<string, string>();

  const roleOf = ({ RoleName }: Input): FakeRole => {
    const role = roles.get(String(RoleName));
    if (!role) throw awsError('NoSuchEntityException', `The role with name ${RoleName} cannot be found.`, 404);
    return role;
  };
  const policyOf = ({ PolicyArn }: Input): string => {
    const document = managed.get(String(PolicyArn));
    if (document === undefined) throw awsError('NoSuchEntityException', `Policy ${PolicyArn} does not exist.`, 404);
    return document;
  };
  const paged = <T>(items: T[], { Marker }: Input, name: string) => {
    const at = Number(Marker ?? 0);
    const more = at + 1 < items.length;
    return { [name]: items.slice(at, at + 1), IsTruncated: more, ...(more && { Marker: String(at + 1) }) };
  };

  const addRole = (name: string, overrides: Partial<FakeRole> = {}): FakeRole => {
    const path = overrides.path ?? '/';
    const role: FakeRole = {
      name,
      arn: `arn:aws:iam::${account}:role${path}${name}`,
      path,
      uniqueId: 'AROA1111222233334444A',
      tags: {},
      trust: JSON.stringify({ Version: '2012-10-17', Statement: [ec2] }),
      policies: new Map(),
      attached: [],
      instanceProfiles: [],
      ...overrides,
    };
    roles.set(name, role);
    return role;
  };
  /** A managed policy; answers its ARN. */
  const addPolicy = (name: string, document: object): string => {
    const arn = `arn:aws:iam::${account}:policy/${name}`;
    managed.set(arn, JSON.stringify(document));
    return arn;
  };

  const handles = {
    'iam:GetRole': (input) => {
      const { name, arn, path, uniqueId, tags, trust } = roleOf(input);
      return {
        Role: {
          RoleName: name,
          Arn: arn,
          Path: path,
          RoleId: uniqueId,
          CreateDate: new Date(0),
          MaxSessionDuration: 3600,
          AssumeRolePolicyDocument: encodeURIComponent(trust),
          Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
        },
      };
    },
    'iam:ListRolePolicies': (input) => paged([...roleOf(input).policies.keys()], input, 'PolicyNames'),
    'iam:GetRolePolicy': (input) => {
      const document = roleOf(input).policies.get(String(input.PolicyName));
      if (document === undefined) throw awsError('NoSuchEntityException', 'The role policy cannot be found.', 404);
      return {
        RoleName: input.RoleName,
        PolicyName: input.PolicyName,
        PolicyDocument: encodeURIComponent(document),
      };
    },
    'iam:ListAttachedRolePolicies': (input) =>
      paged(
        roleOf(input).attached.map((arn) => ({ PolicyArn: arn, PolicyName: arn.split('/').at(-1) })),
        input,
        'AttachedPolicies',
      ),
    'iam:ListInstanceProfilesForRole': (input) =>
      paged(
        roleOf(input).instanceProfiles.map((Arn) => ({ Arn })),
        input,
        'InstanceProfiles',
      ),
    'iam:PutRolePolicy': (input) => {
      const role = roleOf(input);
      if (!/^[\w+=,.@-]{1,128}$/.test(String(input.PolicyName)))
        throw awsError('ValidationError', 'The specified value for policyName is invalid.', 400);
      if (/^\/aws-(service-role|reserved)\//.test(role.path)) {
        const message = `Cannot perform the operation on the protected role '${role.name}'`;
        throw awsError('UnmodifiableEntityException', message, 400);
      }
      const policies = new Map(role.policies).set(String(input.PolicyName), String(input.PolicyDocument));
      if ([...policies.values()].join('').replace(/\s/g, '').length > 10_240) {
        const message = `Maximum policy size of 10240 bytes exceeded for role ${role.name}`;
        throw awsError('LimitExceededException', message, 409);
      }
      role.policies = policies;
    },
    'iam:DeleteRolePolicy': (input) => {
      if (!roleOf(input).policies.delete(String(input.PolicyName)))
        throw awsError('NoSuchEntityException', 'The role policy cannot be found.', 404);
    },
    'iam:GetPolicy': (input) => {
      policyOf(input);
      return { Policy: { Arn: input.PolicyArn, DefaultVersionId: 'v3' } };
    },
    'iam:GetPolicyVersion': (input) => ({
      PolicyVersion: { VersionId: input.VersionId, Document: encodeURIComponent(policyOf(input)) },
    }),
  } satisfies Record<string, Handle>;

  return { roles, addRole, addPolicy, handles };
}
