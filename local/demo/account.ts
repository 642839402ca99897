import {
  GetAccountAuthorizationDetailsCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListUsersCommand,
} from '@aws-sdk/client-iam';
import type { Engine } from '../engine.ts';

/** What somebody sees who looks an identity up: its keys and its inline policies. */
export interface IdentityState {
  keys: { id: string; status: string }[];
  policies: string[];
}

/** Every user of the account, read as its administrator: so that a change to anybody else would be seen. */
export async function usersOf(engine: Engine): Promise<Map<string, IdentityState>> {
  const iam = new IAMClient({ endpoint: engine.endpoint, region: engine.region, credentials: engine.root });
  try {
    const details = await iam.send(new GetAccountAuthorizationDetailsCommand({ Filter: ['User'] }));
    const policies = new Map(
      (details.UserDetailList ?? []).map(({ UserName, UserPolicyList }) => [
        UserName,
        (UserPolicyList ?? []).map(({ PolicyName, PolicyDocument }) => `${PolicyName} ${PolicyDocument}`).toSorted(),
      ]),
    );
    const { Users } = await iam.send(new ListUsersCommand({}));
    const states = new Map<string, IdentityState>();
    for (const { UserName } of Users ?? []) {
      if (!UserName) continue;
      const { AccessKeyMetadata } = await iam.send(new ListAccessKeysCommand({ UserName }));
      const keys = (AccessKeyMetadata ?? []).map(({ AccessKeyId, Status }) => ({
        id: AccessKeyId ?? '',
        status: Status ?? '',
      }));
      states.set(UserName, { keys, policies: policies.get(UserName) ?? [] });
    }
    return states;
  } finally {
    iam.destroy();
  }
}

/** What somebody sees who looks a role up. */
export interface RoleState {
  trust: string;
  /** Documents of the inline policies, by name. */
  policies: Record<string, string>;
  attached: string[];
}

/** Every role of the account, read as its administrator. */
export async function rolesOf(engine: Engine): Promise<Map<string, RoleState>> {
  const iam = new IAMClient({ endpoint: engine.endpoint, region: engine.region, credentials: engine.root });
  try {
    const { RoleDetailList } = await iam.send(new GetAccountAuthorizationDetailsCommand({ Filter: ['Role'] }));
    return new Map(
      (RoleDetailList ?? []).map(
        ({ RoleName = '', AssumeRolePolicyDocument, RolePolicyList, AttachedManagedPolicies }) => [
          RoleName,
          {
            trust: decodeURIComponent(AssumeRolePolicyDocument ?? ''),
            policies: Object.fromEntries(
              (RolePolicyList ?? []).map((policy) => [
                policy.PolicyName,
                decodeURIComponent(policy.PolicyDocument ?? ''),
              ]),
            ),
            attached: (AttachedManagedPolicies ?? []).map(({ PolicyArn = '' }) => PolicyArn),
          },
        ],
      ),
    );
  } finally {
    iam.destroy();
  }
}
