import type { Identity, IdentityKind, Reading } from '#core/finding';
import { isAccessKeyId, isAccountId } from '#core/ids';
import { type Fields, fields, isAbsent } from './fold.ts';
import { identityOfArn } from './identity-of-arn.ts';
import { refuse } from './refuse.ts';
import { secretOfArn } from './secret-of-arn.ts';
import type { Folded } from './source.ts';

/** Maps, because a plain object has a `constructor`, and events choose what is looked up. */
const resourceTypes = new Map<Folded, IdentityKind>([
  ['AWS::IAM::Role', 'iam-role'],
  ['AWS::IAM::User', 'iam-user'],
  ['AWS::SecretsManager::Secret', 'secret'],
]);
const principalTypes = new Map<Folded, IdentityKind>([
  ['IAM_ROLE', 'iam-role'],
  ['IAM_USER', 'iam-user'],
]);

/** How a finding of Access Analyzer is refused. */
export const refusal = refuse('hand over the event, or the finding as GetFindingV2 gives it');
const { ignored, missing, invalid } = refusal;

/** Whom a finding of Access Analyzer is about, by the ARN in it. */
export interface Subject {
  named: Identity & { account: string; region?: string };
  /** The rest of the finding says otherwise. */
  clashes: boolean;
  /** The unused key, which GetFindingV2 alone names. */
  accessKeyId?: string;
}

/** The subject, or why there is none to act on. */
export const subjectOfAccess = (detail: Fields, type: string): Subject | Reading =>
  type === 'InternalAccess' ? principalOf(detail) : resourceOf(detail, type);

/** A contradiction is nobody's: a person decides. What the ARN names leads there all the same. */
export function identityOf({ named, clashes, accessKeyId }: Subject, unknownKey: string): Identity {
  const { account: _, region: __, ...identity } = named;
  const aliases = [...named.aliases, ...(accessKeyId === undefined ? [] : [`access-key/${accessKeyId}`])];
  if (!clashes) return { ...identity, aliases: aliases.sort() };
  return { kind: 'unknown', key: unknownKey, aliases: [...aliases, unknownKey].sort() };
}

/** GetFindingV2 nests what events and lists hold on top. */
export const nestedIn = ({ findingdetails: details }: Fields, kind: string): Fields =>
  fields(Array.isArray(details) ? fields(details[0])[kind] : undefined);

/**
 * External access is given by the resource's own policy, and unused access is its holder's; whoever gained it from
 * outside is beyond reach.
 */
function resourceOf(detail: Fields, type: string): Subject | Reading {
  const { resource, resourcetype } = detail;
  if (isAbsent(resourcetype)) return missing('resourceType');
  const kind = resourceTypes.get(resourcetype);
  if (!kind) return ignored('about a resource that is no identity: there is nobody of this account to contain');
  if (isAbsent(resource)) return missing('resource');
  const named = identityOfArn(resource) ?? secretOfArn(resource);
  if (!named) return invalid('resource', 'is not the ARN of a user, a role or a secret');
  // IAM Identity Center makes these roles, and nobody else may change them; they trust its SAML provider, which counts
  // as outside.
  if (type === 'ExternalAccess' && /:role\/aws-reserved\/sso\.amazonaws\.com\//.test(named.arn ?? ''))
    return ignored('a role of IAM Identity Center, whose trust policy AWS keeps');
  const owners = [detail.accountid, detail.resourceowneraccount].filter((owner) => !isAbsent(owner));
  if (!owners.every(isAccountId)) return invalid('accountId', 'is not a text of 12 digits');
  const clashes = named.kind !== kind || owners.some((owner) => owner !== named.account);
  const { accesskeyid: key } = nestedIn(detail, 'unusediamuseraccesskeydetails');
  if (isAbsent(key) || kind !== 'iam-user') return { named, clashes };
  if (!isAccessKeyId(key) || !key.startsWith('AKIA')) return invalid('accessKeyId', 'is not the id of a long-term key');
  return { named, clashes, accessKeyId: key };
}

/**
 * Internal analyzers watch buckets, tables and snapshots alone (Access Analyzer API Reference,
 * InternalAccessAnalysisRuleCriteria), so the identity is whoever has the access. The guide calls `accountId` the
 * principal's, and its example has the resource's: it proves nothing here.
 */
function principalOf(detail: Fields): Subject | Reading {
  const nested = nestedIn(detail, 'internalaccessdetails');
  const { principal, principaltype: kind, principalowneraccount: owner } = { ...detail, ...nested };
  if (isAbsent(principal))
    return isAbsent(detail.error) ? missing('principal') : ignored('an error of Access Analyzer: it names nobody');
  const [arn, ...others] = Object.values(fields(principal));
  const named = others.length === 0 ? identityOfArn(arn) : null;
  if (!named) return invalid('principal', 'is not the ARN of one user or role');
  const isOther = !isAbsent(kind) && principalTypes.get(kind) !== named.kind;
  return { named, clashes: isOther || (!isAbsent(owner) && owner !== named.account) };
}
