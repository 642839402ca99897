import type { Identity } from '#core/finding';
import { isAccessKeyId, isIamName, isRoleId, isUserId } from '#core/ids';
import { principal } from '#core/principal';
import { identityOfArn } from './identity-of-arn.ts';
import { secretOfArn } from './secret-of-arn.ts';
import type { Report, Resource } from './securityhub-report.ts';

/** What became of one resource: an identity, nothing of ours, another account's, or a contradiction. */
type Named =
  | { is: 'identity'; identity: Identity; keyIds: string[] }
  | { is: 'elsewhere' }
  | { is: 'contradiction'; aliases: string[] };

/** An identity of the finding, and the one key that it names of it. */
export interface Held {
  identity: Identity;
  accessKeyId?: string;
}

/** Controls whose account resource means its root user (Security Hub User Guide, "Controls for IAM"). */
const rootControls = ['IAM.4', 'IAM.6', 'IAM.9', 'IAM.20'];

/**
 * Whom a finding is about: none where it names no identity, `elsewhere` where those that it names are all of other
 * accounts. A contradiction gives one identity of the kind `unknown`, and a person decides.
 */
export function identitiesOf(report: Report, account: string, unknownKey: string): Held[] | 'elsewhere' {
  const named = report.resources.flatMap((resource) => {
    const result = read(resource, report.control, account, unknownKey);
    return result ? [{ resource, result }] : [];
  });
  // Where a finding tells who acted, the others have suffered it; a secret is no holder of itself.
  const acted = named.some(({ resource }) => resource.isActor);
  const held = named.some(({ resource }) => resource.form !== 'secret' && (resource.isActor || !acted));
  const counted = named
    .filter(({ resource }) => (resource.isActor || !acted) && (resource.form !== 'secret' || !held))
    .map(({ result }) => result);
  if (counted.length > 0 && counted.every(({ is }) => is === 'elsewhere')) return 'elsewhere';

  const sure = counted.filter((each) => each.is === 'identity');
  const identities = sure.length === counted.length ? merged(sure) : null;
  if (identities) return identities;
  const certain = counted.flatMap((each) => (each.is === 'contradiction' ? each.aliases : []));
  const aliases = distinct([...sure.flatMap(({ identity }) => identity.aliases), ...certain, unknownKey]);
  return [{ identity: { kind: 'unknown', key: unknownKey, aliases: aliases.sort() } }];
}

function read(resource: Resource, control: string | null, account: string, unknownKey: string): Named | null {
  if (resource.form === 'secret') return secret(resource, account);
  const { form, arns, owner } = resource;
  const whose = arns.map(identityOfArn);
  // The ARN of root also stands for the account as such, and a resource of another kind may be nobody at all.
  const isRoot = whose.some((each) => each?.kind === 'root');
  const asksRoot = form === 'account' && rootControls.includes(control ?? '');
  if ((form === 'account' || form === 'other') && !asksRoot && (isRoot || !whose.some((each) => each))) return null;
  if ((owner !== undefined && owner !== account) || whose.some((each) => each && each.account !== account))
    return { is: 'elsewhere' };
  if (asksRoot) return isRoot || whose.length === 0 ? one(rootOf(account)) : clash(resource);
  const [who, ...others] = whose;
  if (who === null || others.some((each) => each?.key !== who?.key)) return clash(resource);
  return form === 'key' ? key(resource, who, account, unknownKey) : holder(resource, who, account);
}

const one = (identity: Identity, keyIds: string[] = []): Named => ({ is: 'identity', identity, keyIds });
const rootOf = (account: string): Identity => ({ kind: 'root', key: `root/${account}`, aliases: [`root/${account}`] });
/** A key's id may join cases, also where the rest of what is said of it cannot be true. */
function clash({ keyIds }: Resource): Named {
  const [only, ...others] = distinct(keyIds);
  return { is: 'contradiction', aliases: others.length === 0 && isAccessKeyId(only) ? [`access-key/${only}`] : [] };
}

type Who = ReturnType<typeof identityOfArn> | undefined;
const kinds: Record<string, Identity['kind'][]> = { user: ['iam-user'], role: ['iam-role', 'role-session'] };

/** A user or a role, by its ARN; by its name where it has none. */
function holder(resource: Resource, who: Who, account: string): Named {
  const { form, name, uniqueId } = resource;
  if (who && kinds[form] && !kinds[form].includes(who.kind)) return clash(resource);
  if (form === 'other' || form === 'account') return who ? one(withoutAccount(who)) : clash(resource);
  if (name !== undefined && (!isIamName(name) || (who && who.name !== name))) return clash(resource);
  const isId = form === 'user' ? isUserId : isRoleId;
  if (uniqueId !== undefined && !isId(uniqueId)) return clash(resource);
  const known = who?.name ?? name;
  if (known === undefined) return clash(resource);
  const ownKey = `${form}/${account}/${known}`;
  const identity: Identity = who
    ? withoutAccount(who)
    : { kind: form === 'user' ? 'iam-user' : 'iam-role', key: ownKey, aliases: [ownKey], name: known };
  return one({ ...identity, ...(uniqueId !== undefined && { uniqueId }) });
}

/** A key, and whoever has used it as far as the finding says: by its details, by an ARN, or not at all. */
function key(resource: Resource, who: Who, account: string, unknownKey: string): Named {
  const { issuer, uniqueId, userType, keyIds } = resource;
  const [accessKeyId, ...others] = distinct(keyIds);
  if (others.length > 0) return clash(resource);
  const name = resource.name ?? (userType === 'AssumedRole' ? issuer.name : undefined);
  // One form of OCSF gives a name without a type. Beside a long-term key it is a user's, if it is not how root is called.
  const isUser = name !== undefined && uniqueId === undefined && (accessKeyId?.startsWith('AKIA') ?? false);
  const type = userType ?? (isUser && name.toLowerCase() !== 'root' ? 'IAMUser' : undefined);
  const told = principal({ type, principalId: uniqueId, name, accessKeyId }, account, unknownKey);
  const issued = issuer.arn === undefined ? undefined : identityOfArn(issuer.arn);
  const isSilent = [name, uniqueId, userType].every((each) => each === undefined);
  const isNobody = told.key === unknownKey && !(who && isSilent);
  if (isNobody || (issued !== undefined && issued?.key !== told.key)) return clash(resource);
  if (who && !isSilent && told.key !== who.key) return clash(resource);
  if (accessKeyId !== undefined && !isAccessKeyId(accessKeyId)) return clash(resource);
  const aliases = distinct([who?.key, ...told.aliases.filter((alias) => alias !== unknownKey)]).sort();
  const identity = who ? { ...withoutAccount(who), ...(isSilent ? {} : told), aliases } : told;
  return one(identity, accessKeyId === undefined ? [] : [accessKeyId]);
}

const withoutAccount = ({ account: _, ...identity }: NonNullable<Who>): Identity => identity;

function secret({ arns, name, owner }: Resource, account: string): Named {
  const [which, ...others] = arns.map(secretOfArn);
  if (!which || others.some((each) => each?.key !== which.key) || (name !== undefined && name !== which.name))
    return { is: 'contradiction', aliases: [] };
  if (which.account !== account || (owner !== undefined && owner !== account)) return { is: 'elsewhere' };
  const { region: _, ...identity } = which;
  return one(withoutAccount(identity));
}

/**
 * One entry an identity: a user and a key of the same user are one, and so are a key that is told twice. Null where two
 * entries of one name tell of two: a user that was made anew, two sessions of a role.
 */
function merged(all: Extract<Named, { is: 'identity' }>[]): Held[] | null {
  const byKey = [...Map.groupBy(all, ({ identity }) => identity.key).values()];
  const held = byKey.map((same) => {
    const identities = same.map(({ identity }) => identity);
    // A session says more than its role.
    const [first] = identities.toSorted(
      (a, b) => Number(b.kind === 'role-session') - Number(a.kind === 'role-session'),
    );
    const [uniqueId, ...otherIds] = distinct(identities.map((each) => each.uniqueId));
    if (!first || otherIds.length > 0 || distinct(identities.map(({ session }) => session)).length > 1) return null;
    const aliases = distinct(identities.flatMap((each) => each.aliases)).sort();
    const [accessKeyId, ...otherKeys] = distinct(same.flatMap(({ keyIds }) => keyIds));
    const identity = { ...first, aliases, ...(uniqueId !== undefined && { uniqueId }) };
    return { identity, ...(accessKeyId !== undefined && otherKeys.length === 0 && { accessKeyId }) };
  });
  if (held.some((each) => each === null)) return null;
  const sure = held.filter((each) => each !== null);
  const isTold = ({ key }: Identity) =>
    sure.some(({ identity }) => identity.key !== key && identity.aliases.includes(key));
  return sure.filter(({ identity }) => !isTold(identity));
}

const distinct = <T>(values: (T | undefined)[]): T[] => [...new Set(values.filter((each) => each !== undefined))];
