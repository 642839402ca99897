import type { Identity, Reading } from '#core/finding';
import { isAccessKeyId, isAccountId, isRegion, isRoleId, isUserId } from '#core/ids';
import { firstInstant } from '#core/instant';
import { type Claim, principal } from '#core/principal';
import { type Fields, fields, isAbsent, isFields } from './fold.ts';
import { refuse } from './refuse.ts';
import type { Folded, ReadingContext, Source } from './source.ts';

/** THREATPURPOSE:RESOURCETYPE/FAMILY.MECHANISM!ARTIFACT (GuardDuty User Guide, "Finding format"). */
const findingType = /^[A-Za-z0-9]{1,64}:([A-Za-z0-9]{1,64})\/[A-Za-z0-9.&!]{1,128}$/;
const findingId = /^[\w-]{1,300}$/;
const decimal = /^\d{1,2}(\.\d{1,20})?$/;

const { ignored, missing, invalid } = refuse('hand over the finding as GuardDuty sends it');

/** Amazon GuardDuty: its EventBridge events, and findings as GetFindings and the console export them. */
export const guardduty: Source = {
  name: 'guardduty',
  needs: ['detector'],
  patterns: [{ source: ['aws.guardduty'], 'detail-type': ['GuardDuty Finding'] }],
  // GuardDuty's medium begins at 4. Whatever is read names an identity, also when it is about a bucket.
  classes: [
    { types: '*', atLeast: 4, signal: 'blocking', why: 'GuardDuty rates it medium or higher, or does not rate it' },
    { types: '*', signal: 'advisory', why: 'GuardDuty rates it low' },
  ],

  recognises(document) {
    const { arn, type, service, resource } = fields(document);
    return (
      fields(service).servicename === 'guardduty' ||
      (typeof arn === 'string' && /^arn:aws[a-z-]*:guardduty:/.test(arn)) ||
      (typeof type === 'string' && findingType.test(type) && isFields(resource)) ||
      isFields(fields(resource).accesskeydetails)
    );
  },

  read: (document, context, envelope) => [reading(fields(document), context, envelope)],
};

function reading(detail: Fields, context: ReadingContext, envelope: Fields | undefined): Reading {
  if (isSample(detail)) return ignored('a sample finding: nothing happened');
  if (isTrue(fields(detail.service).archived)) return ignored('archived in GuardDuty: somebody has dealt with it');

  const { type, id, accountid: account } = detail;
  if (isAbsent(type)) return missing('type');
  const about = typeof type === 'string' ? findingType.exec(type)?.[1] : undefined;
  if (about === undefined || typeof type !== 'string') return invalid('type', 'is not a GuardDuty finding type');
  const claims = claimsOf(detail, type, about);
  if (!claims) return ignored('names no AWS identity');

  if (isAbsent(id)) return missing('id');
  if (typeof id !== 'string' || !findingId.test(id)) return invalid('id', 'is not a finding id');
  if (isAbsent(account)) return missing('accountId');
  if (!isAccountId(account)) return invalid('accountId', 'is not a text of 12 digits');
  // The administrator account receives its members' findings: the accounts may differ, but each must be one.
  if (!isAbsent(envelope?.account) && !isAccountId(envelope?.account)) {
    return invalid('account of the envelope', 'is not a text of 12 digits');
  }
  for (const [name, region] of [
    ['region', detail.region] as const,
    ['region of the envelope', envelope?.region] as const,
  ]) {
    if (!isAbsent(region) && !isRegion(region)) return invalid(name, 'is not an AWS Region');
  }
  const severity = severityOf(detail.severity);
  if (severity === null) return invalid('severity', 'is not a number from 0 to 10');
  const observedAt = observedAtOf(detail, envelope);
  if (observedAt === null) return missing('updatedAt');

  const accessKeyId = claims.length === 1 ? claims[0]?.accessKeyId : undefined;
  return {
    outcome: 'finding',
    finding: {
      source: guardduty.name,
      id,
      type,
      ...context.classOf(type, severity ?? null),
      severity: severity ?? 0,
      account,
      region: [detail.region, envelope?.region].find(isRegion) ?? null,
      observedAt,
      simulated: context.simulated,
      ...(wasRefused(detail) && { unused: true as const }),
      identity: identityOf(claims, account, `unknown/${guardduty.name}/${id}`),
      credential: isAccessKeyId(accessKeyId) ? { accessKeyId } : {},
      raw: context.raw(),
    },
  };
}

/** Who acted, as the finding puts it; null where it is not about an AWS identity at all. */
function claimsOf(detail: Fields, type: string, about: string): Claim[] | null {
  const actors = fields(fields(fields(detail.service).detection).sequence).actors;
  const users = (Array.isArray(actors) ? actors : []).filter((actor) => isFields(fields(actor).user));
  if (users.length > 0) return users.map((actor) => claimOfActor(fields(actor), detail.accountid));
  const details = accessKeyDetails(detail);
  if (Object.keys(details).length > 0) return [claimOfKey(detail, details, about)];
  // A finding on credentials, or an attack sequence (always critical), that lost its details is not dropped: ask.
  return about === 'IAMUser' || type.startsWith('AttackSequence:') ? [] : null;
}

function claimOfKey(detail: Fields, details: Fields, about: string): Claim {
  const action = fields(fields(fields(detail.service).action).awsapicallaction);
  const caller = said(fields(action.remoteaccountdetails).accountid);
  const accessKeyId = said(details.accesskeyid);
  // In a finding on a resource the remote account is the caller's: its users may be namesakes of ours. In IAM findings
  // (InstanceCredentialExfiltration.InsideAWS) it is where the address belongs, and the identity is our own.
  if (about !== 'IAMUser' && isAccountId(caller) && caller !== detail.accountid) {
    return { type: 'AWSAccount', callerAccount: caller, accessKeyId };
  }
  if (isGenerated(details.username)) return { accessKeyId };
  return {
    type: said(details.usertype),
    principalId: said(details.principalid),
    name: saidName(details.username),
    accessKeyId,
    callerAccount: caller,
    callerHost: said(fields(action.domaindetails).domain),
  };
}

/** API_User of GuardDuty: `account` is where the activity took place, which need not be where the user lives. */
function claimOfActor(actor: Fields, account: Folded | undefined): Claim {
  const user = fields(actor.user);
  const accessKeyId = said(user.credentialuid);
  const issuer = /^arn:aws[a-z-]*:(?:iam|sts)::(\d{12}):/.exec(said(fields(actor.session).issuer) ?? '')?.[1];
  const accounts = [said(fields(user.account).uid), issuer].filter((other) => other !== undefined);
  if (accounts.some((other) => other !== account)) return { accessKeyId };
  return { type: said(user.type), principalId: said(user.uid), name: saidName(user.name), accessKeyId };
}

function identityOf(claims: Claim[], account: string, unknownKey: string): Identity {
  const [claim, ...others] = claims;
  if (claim && others.length === 0) return principal(claim, account, unknownKey);
  const all = claims.flatMap((each) => principal(each, account, unknownKey).aliases);
  return { kind: 'unknown', key: unknownKey, aliases: [...new Set([...all, unknownKey])].sort() };
}

/**
 * Samples touch nothing, so an attacker may want to look like one. Hence a flag counts only where AWS writes it, and
 * of text only the beginning, never a session name, which its holder chooses. Nor does a user name beside a genuine
 * key id or unique id: whoever may create users could hide behind it. That name is not acted on either (see `claimOfKey`).
 */
function isSample(detail: Fields): boolean {
  const { sample, value } = fields(fields(detail.service).additionalinfo);
  const actors = fields(fields(fields(detail.service).detection).sequence).actors;
  const users = (Array.isArray(actors) ? actors : []).map((actor) => fields(fields(actor).user));
  const identities = [accessKeyDetails(detail), ...users].flatMap((identity) => Object.entries(identity));
  const isGenuine = identities.some(([, text]) => isAccessKeyId(text) || isUniqueId(text));
  return (
    [sample, detail.sample, fields(detail.service).sample].some(isTrue) ||
    isTrue(sampleWithin(value)) ||
    (typeof detail.title === 'string' && detail.title.startsWith('[SAMPLE]')) ||
    identities.some(([field, text]) => isGenerated(text) && !(isGenuine && nameFields.includes(field)))
  );
}

/** The principal id of a role's session is the role's, a colon, and the session's name. */
const isUniqueId = (text: Folded | undefined) => {
  const [id] = typeof text === 'string' ? text.split(':', 1) : [];
  return isUserId(id) || isRoleId(id);
};
const nameFields = ['username', 'name'];
const isGenerated = (text: unknown) => typeof text === 'string' && text.startsWith('GeneratedFinding');

/** `additionalInfo.value` is JSON in a string. */
function sampleWithin(value: Folded | undefined): Folded | undefined {
  if (typeof value !== 'string') return undefined;
  try {
    return fields(JSON.parse(value)).sample;
  } catch {
    return undefined;
  }
}

/** Undefined where there is none, null where it is not a severity. */
function severityOf(value: Folded | undefined): number | null | undefined {
  if (isAbsent(value)) return undefined;
  const severity = typeof value === 'string' && decimal.test(value) ? Number(value) : value;
  return typeof severity === 'number' && severity >= 0 && severity <= 10 ? severity : null;
}

/** AwsApiCallAction of GuardDuty: the error code of the failed call, of the last one where there were several. */
const wasRefused = ({ service }: Fields): boolean =>
  refusals.has(fields(fields(fields(service).action).awsapicallaction).errorcode);
/** As services name a denial: by a policy, or because the key is active no more (IAM and EC2 User Guides). */
const refusals = new Set<Folded | undefined>([
  'AccessDenied',
  'AccessDeniedException',
  'Client.UnauthorizedOperation',
  'UnauthorizedOperation',
  'InvalidClientTokenId',
  'UnrecognizedClientException',
]);

/** The activity: an update of later may tell of nothing new. */
const observedAtOf = (detail: Fields, envelope: Fields | undefined): string | null =>
  firstInstant([fields(detail.service).eventlastseen, detail.updatedat, detail.createdat, envelope?.time]) ?? null;

const accessKeyDetails = (detail: Fields): Fields => fields(fields(detail.resource).accesskeydetails);
/** Text as given, so that a number or an object is seen as the contradiction it is; undefined for what GuardDuty leaves blank. */
const said = (value: Folded | undefined): string | undefined =>
  isAbsent(value) || value === 'N/A' ? undefined : typeof value === 'string' ? value : JSON.stringify(value);
/** `false` and 12 would pass for names. */
const saidName = (value: Folded | undefined): string | undefined =>
  typeof value === 'string' || isAbsent(value) ? said(value) : `(${typeof value})`;

const isTrue = (value: Folded | undefined): boolean => value === true || value === 'true';
