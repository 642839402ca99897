import type { Case } from '#core/case';
import type { Finding, Identity } from '#core/finding';
import { keyAlone } from '#core/identity-keys';
import type { Permission } from '#core/permission';
import type { Ports } from '#core/ports';
import type { RoleFacts, UserFacts } from '#core/step-facts';
import { lookUpUser } from './look-up.ts';
import { lookUpHolder, lookUpHolderPermissions } from './look-up-holder.ts';
import { lookUpRole, lookUpRolePermissions } from './look-up-role.ts';
import { meant } from './meant.ts';
import { madeBy } from './trust.ts';

/** Whom a case is about, as IAM has it now: a user, a role, or nobody, and why. */
export interface Subject {
  user: UserFacts | null;
  role: RoleFacts | null;
  reason: string;
  /** Who it is, where the findings tell of a key alone and AWS of its holder. */
  identity?: Identity;
}

export const subjectPermissions: Permission[] = [...lookUpHolderPermissions, ...lookUpRolePermissions];

/**
 * By the first of the identities that the findings tell of whom AWS knows. Nobody is looked up where the finding is of
 * another account: somebody of the same name may live here.
 */
export async function subjectOf(
  { found, findings }: { found: Case; findings: Finding[] },
  ports: Ports,
): Promise<Subject> {
  const subject = await lookUp(found.identity, found.account, ports);
  const { kind, uniqueId } = found.identity;
  const isOther = kind === 'iam-user' && uniqueId !== undefined && subject.user?.uniqueId !== uniqueId;
  const renamed = isOther ? await lookUpRenamed(found, findings, ports) : null;
  if (renamed) return renamed;
  const [, next] = meant(findings);
  if (subject.user || subject.role || !keyAlone(found.identity) || !next) return subject;
  const identity = {
    ...next.identity,
    aliases: [...new Set([...found.identity.aliases, next.identity.key])].toSorted(),
  };
  const named = await lookUp(identity, next.account, ports);
  return { ...named, reason: `${subject.reason}; ${named.reason}`, ...(named.user || named.role ? { identity } : {}) };
}

/** Who holds a user's key may have him called otherwise (iam:UpdateUser): by the keys, if the unique id is the same. */
async function lookUpRenamed(
  { identity: { key, uniqueId }, account }: Case,
  findings: Finding[],
  ports: Ports,
): Promise<Subject | null> {
  if (account !== ports.deployment.account) return null;
  const named = findings
    .filter(({ identity }) => identity.key === key)
    .flatMap(({ credential }) => credential.accessKeyId ?? []);
  for (const keyId of new Set(named.filter((id) => id.startsWith('AKIA')))) {
    const user = await lookUpHolder(keyId, ports.aws);
    if (typeof user !== 'string' && user.uniqueId === uniqueId)
      return { user, role: null, reason: `found ${user.arn}, who holds ${keyId} and was called otherwise` };
  }
  return null;
}

async function lookUp(identity: Identity, account: string | null, ports: Ports): Promise<Subject> {
  const nobody = (reason: string): Subject => ({ user: null, role: null, reason });
  const isRole = identity.kind === 'role-session';
  const keyId = keyAlone(identity);
  if ((!keyId && !isRole && identity.kind !== 'iam-user') || !(keyId ?? identity.name))
    return nobody(`no action cuts the kind ${identity.kind} yet`);
  if (account !== ports.deployment.account)
    return nobody(`the finding is of account ${account}, and only ${ports.deployment.account} is enrolled`);
  if (keyId) {
    const user = await lookUpHolder(keyId, ports.aws);
    if (typeof user === 'string') return nobody(user);
    const key = `user/${account}/${user.name}`;
    const { name, arn, uniqueId } = user;
    const holder: Identity = {
      kind: 'iam-user',
      key,
      name,
      arn,
      uniqueId,
      aliases: [...identity.aliases, key].toSorted(),
    };
    return { user, role: null, reason: `found ${arn}, who holds ${keyId}`, identity: holder };
  }
  const { name = '' } = identity;
  if (isRole) {
    const role = await lookUpRole(name, ports.aws);
    return role
      ? { user: null, role, reason: `found ${role.arn}${remarks[madeBy(role)]}` }
      : nobody(`account ${account} has no role ${name}`);
  }
  const user = await lookUpUser(name, ports.aws);
  return user ? { user, role: null, reason: `found ${user.arn}` } : nobody(`account ${account} has no user ${name}`);
}

/** IAM refuses a change with UnmodifiableEntity (API reference, PutRolePolicy): said before it is tried. */
const remarks: Record<ReturnType<typeof madeBy>, string> = {
  account: '',
  service: ', a service-linked role: IAM lets only its AWS service change it, so access is taken in that service',
  'identity-center':
    ', a role of IAM Identity Center: IAM refuses a change of it, so access is taken from its permission set or assignment',
};
