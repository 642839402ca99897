import type { Identity, Reading } from '#core/finding';
import { isAccessKeyId, isAccountId, isIamName, isRegion, isUserId } from '#core/ids';
import { instant } from '#core/instant';
import { principal } from '#core/principal';
import { type Fields, fields, isAbsent, isFields } from './fold.ts';
import { refuse } from './refuse.ts';
import type { Folded, ReadingContext, Source } from './source.ts';

const eventId = /^[\w-]{1,300}$/;
const plainName = /^[A-Za-z0-9]{1,64}$/;
const { ignored, missing, invalid, rejected } = refuse('hand over the record as CloudTrail writes it');

/** CloudTrail has no severity; on GuardDuty's scale this is low. */
const severity = 3;

/**
 * New access keys, as AWS CloudTrail records them: who holds an identity makes one to stay. IAM is a global service,
 * so its events reach EventBridge in us-east-1 alone, and only where a trail logs them (CloudTrail User Guide, "Global
 * service events"; EventBridge User Guide, "AWS service events delivered via CloudTrail").
 */
export const cloudtrail: Source = {
  name: 'cloudtrail',
  patterns: [
    {
      source: ['aws.iam'],
      'detail-type': ['AWS API Call via CloudTrail'],
      detail: { eventSource: ['iam.amazonaws.com'], eventName: ['CreateAccessKey'] },
    },
  ],
  classes: [{ types: '*', signal: 'advisory', why: 'making keys is everyday work: by itself it cuts nobody' }],
  reads: [
    ...['eventname', 'eventsource', 'eventid', 'eventtime', 'awsregion', 'recipientaccountid', 'errorcode'],
    ...['useridentity', 'requestparameters.username', 'responseelements.accesskey'],
  ],
  joinsOnly: true,

  recognises(document) {
    const { eventname, eventsource, useridentity } = fields(document);
    return typeof eventname === 'string' && (typeof eventsource === 'string' || isFields(useridentity));
  },

  read: (document, context, envelope) => [reading(fields(document), context, envelope)],
};

function reading(record: Fields, context: ReadingContext, envelope: Fields | undefined): Reading {
  const { eventname: name, eventsource: service, useridentity, awsregion: region } = record;
  if (name !== 'CreateAccessKey' || service !== 'iam.amazonaws.com') {
    const what = typeof name === 'string' && plainName.test(name) ? ` (this is ${name})` : '';
    return ignored(`of CloudTrail only CreateAccessKey of IAM is read${what}`);
  }
  if (!isAbsent(record.errorcode)) return ignored('the call failed: no key was made');

  const caller = fields(useridentity);
  const accounts = [record.recipientaccountid, envelope?.account, caller.accountid].filter((each) => !isAbsent(each));
  const [account] = accounts;
  if (account === undefined) return missing('recipientAccountId');
  if (!accounts.every(isAccountId) || !isAccountId(account))
    return invalid('recipientAccountId', 'is not a text of 12 digits');
  // IAM makes keys in the caller's own account alone.
  if (accounts.some((each) => each !== account))
    return rejected('ACCOUNT_CLASH', 'the accounts of record, caller and envelope differ');
  if (isOurRotator(caller, account)) return ignored('made by our own rotator, whose case or rotation accounts for it');

  const made = fields(fields(record.responseelements).accesskey);
  if (isAbsent(record.eventid)) return missing('eventID');
  if (typeof record.eventid !== 'string' || !eventId.test(record.eventid))
    return invalid('eventID', 'is not the id of an event');
  if (isAbsent(made.accesskeyid)) return missing('responseElements.accessKey.accessKeyId');
  if (!isAccessKeyId(made.accesskeyid) || !made.accesskeyid.startsWith('AKIA'))
    return invalid('responseElements.accessKey.accessKeyId', 'is not the id of a long-term key');
  if (!isAbsent(region) && !isRegion(region)) return invalid('awsRegion', 'is not an AWS Region');
  const observedAt = [record.eventtime, envelope?.time].map(instant).find((time) => time !== null);
  if (!observedAt) return missing('eventTime');

  const keyId = made.accesskeyid;
  const unknownKey = `unknown/${cloudtrail.name}/${record.eventid}`;
  const holder = holderOf(fields(record.requestparameters).username, made.username, caller, account);
  const isOwn = holder?.isMaker === true;
  const type = `IAM:CreateAccessKey/${isOwn ? 'BySelf' : 'ByOther'}`;
  return {
    outcome: 'finding',
    finding: {
      source: cloudtrail.name,
      id: record.eventid,
      type,
      ...context.classOf(type, severity),
      severity,
      account,
      region: isRegion(region) ? region : null,
      observedAt,
      simulated: context.simulated,
      identity: identityOf(holder, keyId, caller.accesskeyid, account, unknownKey),
      // A key that somebody else made may be how a colleague restores service: it is told, and never named for a cut.
      credential: isOwn ? { accessKeyId: keyId } : {},
      raw: context.raw,
    },
  };
}

/** Whose key it is. */
interface Holder {
  claim: { type: string; principalId?: string | undefined; name?: string };
  /** Made with a credential of its own: one of its keys, or a session that it issued. */
  isMaker: boolean;
}

/**
 * The user that the call names; where it names none, the caller itself (IAM API Reference, CreateAccessKey). Null where
 * what was asked and what was answered contradict each other.
 */
function holderOf(asked: Folded | undefined, answered: Folded | undefined, caller: Fields, account: string) {
  const maker = callingUser(caller, account);
  const isRoot = caller.type === 'Root' && isAbsent(asked);
  if (isRoot) return { claim: { type: 'Root', principalId: account }, isMaker: true } satisfies Holder;
  const name = isAbsent(asked) ? maker?.name : asked;
  if (typeof name !== 'string' || (!isAbsent(answered) && answered !== name)) return null;
  const isMaker = maker?.name === name;
  return { claim: { type: 'IAMUser', name, principalId: isMaker ? maker.uniqueId : undefined }, isMaker };
}

function identityOf(
  holder: Holder | null,
  keyId: string,
  callerKeyId: Folded | undefined,
  account: string,
  unknownKey: string,
): Identity {
  if (!holder) return { kind: 'unknown', key: unknownKey, aliases: [`access-key/${keyId}`, unknownKey].sort() };
  const identity = principal({ ...holder.claim, accessKeyId: keyId }, account, unknownKey);
  const own = holder.isMaker && isAccessKeyId(callerKeyId) ? [`access-key/${callerKeyId}`] : [];
  return { ...identity, aliases: [...new Set([...identity.aliases, ...own])].sort() };
}

/**
 * The IAM user whose credential made the call: its own (AKIA, or ASIA of a session that it took), or one of a
 * federated session that it issued. Null for everybody else, and where name, id and ARN do not fit together.
 */
function callingUser(caller: Fields, account: string): { name: string; uniqueId: string | undefined } | null {
  const issuer = fields(fields(caller.sessioncontext).sessionissuer);
  const isFederated = caller.type === 'FederatedUser' && issuer.type === 'IAMUser';
  if (caller.type !== 'IAMUser' && !isFederated) return null;
  const { username: name, principalid: uniqueId, arn } = isFederated ? issuer : caller;
  if (!isIamName(name)) return null;
  if (!isAbsent(uniqueId) && !isUserId(uniqueId)) return null;
  if (!isAbsent(arn) && !(typeof arn === 'string' && isUserArn(arn, account, name))) return null;
  return { name, uniqueId: isAbsent(uniqueId) ? undefined : uniqueId };
}

function isUserArn(arn: string, account: string, name: string): boolean {
  const [, , service, , owner, ...rest] = arn.split(':');
  const resource = rest.join(':');
  return service === 'iam' && owner === account && resource.startsWith('user/') && resource.endsWith(`/${name}`);
}

/** Our roles hold the Region of their deployment, because IAM is global; `rotation` is the function of schedules. */
const ourRotator = /^arn:aws[a-z-]*:iam::(\d{12}):role\/rescind-[a-z]{2}(?:-[a-z]+)+-\d{1,2}-rotat(?:e|ion)$/;

/**
 * Whoever may create roles could take such a name. All that it wins is that a key goes untold which is never cut by
 * itself anyhow, because a role made it; `verify` still finds it on the user, and parks the case.
 */
function isOurRotator(caller: Fields, account: string): boolean {
  const { type, arn } = fields(fields(caller.sessioncontext).sessionissuer);
  return (
    caller.type === 'AssumedRole' && type === 'Role' && typeof arn === 'string' && ourRotator.exec(arn)?.[1] === account
  );
}
