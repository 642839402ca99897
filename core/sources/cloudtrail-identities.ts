import type { Identity } from '#core/finding';
import { isAccessKeyId, isIamName } from '#core/ids';
import { type Claim, principal } from '#core/principal';
import { type Fields, fields, isAbsent } from './fold.ts';
import { identityOfArn } from './identity-of-arn.ts';
import type { Folded } from './source.ts';

/** UserId (Identity Store API Reference, User). */
const identityCenterId = /^([0-9a-f]{10}-)?[A-Fa-f0-9]{8}(-[A-Fa-f0-9]{4}){3}-[A-Fa-f0-9]{12}$/;

/** Where a record was made, and the key of last resort for whoever it does not name. */
interface Place {
  account: string;
  unknownKey: string;
}

/**
 * Who called (CloudTrail User Guide, "CloudTrail userIdentity element"). Where type, ids, ARN and issuer contradict each
 * other nobody is named.
 */
export function callerOf(caller: Fields, place: Place): Identity {
  const issuer = fields(fields(caller.sessioncontext).sessionissuer);
  const ofUser = caller.type === 'FederatedUser' && issuer.type === 'IAMUser';
  const identity =
    caller.type === 'IdentityCenterUser'
      ? identityCenterUser(caller)
      : caller.type === 'AssumedRole'
        ? sessionOfRole(caller, issuer, place)
        : ofUser
          ? sessionOfUser(caller, issuer, place)
          : believed(caller, caller, place);
  return identity ?? { kind: 'unknown', key: place.unknownKey, aliases: sorted(keyOf(caller), place.unknownKey) };
}

/** Whom a change is about, and whether its holder has made it: with a credential of its own, or a session of it. */
export interface Target {
  identity: Identity;
  isSelf: boolean;
}

/**
 * The user or role that the call names; where it names none, the caller itself (IAM API Reference, CreateAccessKey).
 * Null where that is nobody, or where what was asked and what was answered contradict each other.
 */
export function targetOf(about: 'user' | 'role', record: Fields, caller: Identity, place: Place): Target | null {
  const { username, rolename } = fields(record.requestparameters);
  const asked = about === 'user' ? username : rolename;
  if (about === 'user' && isAbsent(asked) && caller.kind === 'root') return { identity: caller, isSelf: true };
  const own = caller.kind === (about === 'user' ? 'iam-user' : 'role-session') ? caller.name : undefined;
  const name = isAbsent(asked) ? own : asked;
  const answers = ['accesskey', 'loginprofile', 'servicespecificcredential'].map(
    (part) => fields(fields(record.responseelements)[part]).username,
  );
  if (!isIamName(name) || answers.some((each) => !isAbsent(each) && each !== name)) return null;
  if (name === own) return { identity: caller, isSelf: true };
  if (about === 'user') {
    const identity = principal({ type: 'IAMUser', name }, place.account, place.unknownKey);
    return identity.kind === 'unknown' ? null : { identity, isSelf: false };
  }
  const key = `role/${place.account}/${name}`;
  return { identity: { kind: 'iam-role', key, aliases: [key], name }, isSelf: false };
}

const identityCenterUser = (caller: Fields): Identity | null => {
  const { userid } = fields(caller.onbehalfof);
  if (typeof userid !== 'string' || !identityCenterId.test(userid)) return null;
  const key = `identity-center/${userid}`;
  return { kind: 'identity-center-user', key, aliases: [key] };
};

/** Some records (ConsoleLogin, SwitchRole) have no issuer: then only the ARN tells the role, without its path. */
function sessionOfRole(caller: Fields, issuer: Fields, place: Place): Identity | null {
  const byArn = identityOfArn(caller.arn);
  const username = isAbsent(issuer.username) ? byArn?.name : issuer.username;
  const identity = believed(caller, { ...caller, username }, place);
  if (!identity || !isSameAs(identity, issuer.arn)) return null;
  if (!isAbsent(issuer.principalid) && issuer.principalid !== identity.uniqueId) return null;
  const session = byArn?.session ?? identity.session;
  if (identity.session !== undefined && identity.session !== session) return null;
  return { ...identity, ...(session !== undefined && { session }) };
}

/** GetFederationToken: what such a session does is done with a credential of the user who issued it. */
function sessionOfUser(caller: Fields, issuer: Fields, place: Place): Identity | null {
  const bearer = believed(caller, { ...caller, username: undefined }, place);
  const user = believed(caller, { ...issuer, type: 'IAMUser' }, place);
  return bearer && user && { ...user, aliases: sorted(...bearer.aliases, ...user.aliases) };
}

/** An identity by its claim, if its ARN says the same. `caller` holds the credential. */
function believed(caller: Fields, who: { [key: string]: Folded | undefined }, place: Place): Identity | null {
  const claim: Claim = {
    type: said(who.type),
    principalId: said(who.principalid),
    name: said(who.username),
    accessKeyId: said(caller.accesskeyid),
    callerAccount: said(caller.accountid),
  };
  const identity = principal(claim, place.account, place.unknownKey);
  if (identity.kind === 'unknown') return identity;
  if (!isSameAs(identity, who.arn)) return null;
  return typeof who.arn === 'string' ? { ...identity, arn: who.arn } : identity;
}

const isSameAs = ({ key }: Identity, arn: Folded | undefined): boolean =>
  isAbsent(arn) || identityOfArn(arn)?.key === key;
const keyOf = ({ accesskeyid }: Fields) => (isAccessKeyId(accesskeyid) ? [`access-key/${accesskeyid}`] : []);
const sorted = (...aliases: (string | string[])[]): string[] => [...new Set(aliases.flat())].sort();
/** Text as given, so that a number or an object is seen as the contradiction it is. */
const said = (value: Folded | undefined): string | undefined =>
  isAbsent(value) ? undefined : typeof value === 'string' ? value : `(${typeof value})`;
