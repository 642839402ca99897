import type { Identity } from '#core/finding';
import { isAccessKeyId, isAccountId, isIamName, isRoleId, isUserId } from '#core/ids';

/** What an event says about who acted, in the words of CloudTrail's userIdentity; nothing of it is believed yet. */
export interface Claim {
  type?: string | undefined;
  principalId?: string | undefined;
  name?: string | undefined;
  accessKeyId?: string | undefined;
  /** The account or the host of a caller from outside, where the event names one. */
  callerAccount?: string | undefined;
  callerHost?: string | undefined;
}

type Believed = Pick<Identity, 'kind' | 'name' | 'uniqueId' | 'session'> & { form?: string };

/** CloudTrail's stand-in for the name of a user that does not exist: it fits an IAM name and is none. */
const noName = 'HIDDEN_DUE_TO_SECURITY_REASONS';
/** RoleSessionName (STS API Reference, AssumeRole); the colon only because principal ids are cut at their first one. */
const sessionName = /^[\w+=,.@:-]{2,64}$/;
const serviceHost = /^[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?$/;

/**
 * Decides who a claim is about by type and ids together. Where they contradict each other, or a name cannot be one,
 * nobody is named: kind `unknown`, and a human decides. `unknownKey` is the key of last resort.
 */
export function principal(claim: Claim, account: string, unknownKey: string): Identity {
  const believed = believe(claim, account);
  const credential = isAccessKeyId(claim.accessKeyId) ? `access-key/${claim.accessKeyId}` : undefined;
  // On a clash the key id is part of the contradiction: it joins cases, but it does not lead this one.
  if (!believed)
    return { kind: 'unknown', key: unknownKey, aliases: [credential ?? unknownKey, unknownKey].filter(first).sort() };
  const { form, ...identity } = believed;
  const isStronger = identity.kind !== 'external' && identity.kind !== 'service';
  const key = (isStronger ? (form ?? credential) : (credential ?? form)) ?? unknownKey;
  const aliases = [key, form, credential]
    .filter((alias) => alias !== undefined)
    .filter(first)
    .sort();
  return { ...identity, key, aliases };
}

/** Null for a contradiction. */
function believe(claim: Claim, account: string): Believed | null {
  const { type, principalId, name, accessKeyId } = claim;
  if (accessKeyId !== undefined && !isAccessKeyId(accessKeyId)) return null;
  const isLongTerm = accessKeyId?.startsWith('AKIA') ?? false;
  const isRoot = type?.toLowerCase() === 'root';
  // The principal id of root is the account id; its "user name" may be Root or the account's alias, so it is dropped.
  if (isRoot || (principalId === account && (type === undefined || type === 'IAMUser'))) {
    return principalId === undefined || principalId === account ? { kind: 'root', form: `root/${account}` } : null;
  }
  switch (type) {
    case 'IAMUser':
      return user(principalId, name, account);
    case 'AssumedRole':
      return isLongTerm ? null : roleSession(principalId, name, account);
    case 'FederatedUser':
      return isLongTerm ? null : federated(principalId, name, account);
    case 'AWSAccount':
      return external([claim.callerAccount, principalId].find(isAccountId), account);
    case 'AWSService':
      return service(
        [name, principalId, claim.callerHost].find((host) => host !== undefined && serviceHost.test(host)),
      );
    default:
      return { kind: 'unknown' };
  }
}

/** An ASIA key is legal here: a session that the user issued. */
function user(principalId: string | undefined, name: string | undefined, account: string): Believed | null {
  if (principalId !== undefined && !isUserId(principalId)) return null;
  const unique = principalId === undefined ? {} : { uniqueId: principalId };
  if (name === undefined) return { kind: 'unknown', ...unique };
  if (!isIamName(name) || name === noName) return null;
  return { kind: 'iam-user', name, ...unique, form: `user/${account}/${name}` };
}

/** The principal id of a session is AROA…:SESSION; the name is the role's. */
function roleSession(principalId: string | undefined, name: string | undefined, account: string): Believed | null {
  const [uniqueId, session] = atFirstColon(principalId);
  if (uniqueId !== undefined && !isRoleId(uniqueId)) return null;
  if (session !== undefined && !sessionName.test(session)) return null;
  const ids = { ...(uniqueId === undefined ? {} : { uniqueId }), ...(session === undefined ? {} : { session }) };
  if (name === undefined) return { kind: 'unknown', ...ids };
  if (!isIamName(name)) return null;
  return { kind: 'role-session', name, ...ids, form: `role/${account}/${name}` };
}

/** The principal id is ACCOUNT:NAME (GetFederationToken). */
function federated(principalId: string | undefined, name: string | undefined, account: string): Believed | null {
  const [owner, own] = atFirstColon(principalId);
  if (owner !== undefined && (owner !== account || own === undefined)) return null;
  const known = own ?? name;
  if (known === undefined) return { kind: 'unknown' };
  if (!isIamName(known) || (name !== undefined && name !== known)) return null;
  return { kind: 'federated-user', name: known, form: `federated/${account}/${known}` };
}

const external = (caller: string | undefined, account: string): Believed =>
  caller === undefined || caller === account ? { kind: 'unknown' } : { kind: 'external', form: `external/${caller}` };

const service = (host: string | undefined): Believed =>
  host === undefined ? { kind: 'unknown' } : { kind: 'service', name: host, form: `service/${host}` };

const first = (alias: string, at: number, all: string[]): boolean => all.indexOf(alias) === at;

function atFirstColon(text: string | undefined): [string | undefined, string | undefined] {
  const at = text?.indexOf(':') ?? -1;
  return text === undefined || at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
