import type { Finding, Identity, Reading } from '#core/finding';
import { isAccessKeyId } from '#core/ids';
import { type Call, callClasses, calls, rootCall, typeOf } from './cloudtrail-calls.ts';
import { type Facts, factsOf, isByService, isByUs, refusal } from './cloudtrail-facts.ts';
import { callerOf, targetOf } from './cloudtrail-identities.ts';
import { callPatterns } from './cloudtrail-patterns.ts';
import { variantOf } from './cloudtrail-variants.ts';
import { type Fields, fields, isAbsent, isFields } from './fold.ts';
import { thisIs } from './refuse.ts';
import type { Folded, ReadingContext, Source } from './source.ts';

const { ignored, missing, invalid } = refusal;
type Named = Pick<Finding, 'source' | 'type'>;
/** Somebody has made a key, for himself or for another. */
export const tellsOfKey = ({ source, type }: Named): boolean =>
  source === 'cloudtrail' && type.startsWith('IAM:CreateAccessKey/');
/** A key that the identity has made for itself asks with the urgency of what is found about it, whatever it is by itself. */
export const isNewKey = (told: Named): boolean => tellsOfKey(told) && told.type.endsWith('/BySelf');

const reads = /^(Get|List|Describe|Head|BatchGet|Lookup)/;

/** CloudTrail has no severity; on GuardDuty's scale these are low and medium. */
const severities = { advisory: 3, blocking: 5 };

/** The lines of a call: one, or one for each of its variants. */
const linesOf = Map.groupBy(calls, ({ name }) => name);

/**
 * Calls and sign-ins that change who may do what, or what is recorded, as AWS CloudTrail tells them:
 * `cloudtrail-calls.ts` lists them. Of all else only what root changes is told. Global services reach EventBridge in
 * us-east-1 alone, and all of them only where a trail logs them (CloudTrail User Guide, "Global service events";
 * EventBridge User Guide, "AWS service events delivered via AWS CloudTrail").
 */
export const cloudtrail: Source = {
  name: 'cloudtrail',
  needs: ['trail'],
  onlyIn: { regions: ['us-east-1'], what: 'events of IAM and Organizations, and sign-ins of root,' },
  patterns: callPatterns,
  classes: callClasses,
  reads: [
    ...['eventname', 'eventsource', 'eventid', 'eventtime', 'eventtype', 'awsregion', 'recipientaccountid'],
    ...['errorcode', 'readonly', 'useridentity', 'additionaleventdata.mfaused'],
    ...['username', 'rolename', 'policyarn', 'setasdefault', 'eventselectors', 'advancedeventselectors'].map(
      (name) => `requestparameters.${name}`,
    ),
    ...['enable', 'features', 'datasources'].map((name) => `requestparameters.${name}`),
    ...['accesskey', 'loginprofile', 'servicespecificcredential'].map((name) => `responseelements.${name}`),
    ...['consolelogin', 'passwordupdated', 'passwordrecoverycompleted'].map((name) => `responseelements.${name}`),
  ],
  joinsOnly: true,
  // Keys and sessions are what the cuts take.
  outlasts: (type) => !/^(IAM:CreateAccessKey|SignIn:)/.test(type),

  recognises(document) {
    const { eventname, eventsource, useridentity } = fields(document);
    if (typeof eventname !== 'string' || (typeof eventsource !== 'string' && !isFields(useridentity))) return false;
    // Rotations are events of the service itself, which another source reads.
    return eventsource !== 'secretsmanager.amazonaws.com' || !/^(Test)?Rotation/.test(eventname);
  },

  read(document, context, envelope) {
    const record = fields(document);
    const { eventname: name, eventsource: service } = record;
    const lines = typeof name === 'string' ? linesOf.get(name) : undefined;
    const isRoot = fields(record.useridentity).type === 'Root';
    if (!lines && !isRoot) return [unlisted(record)];
    if (lines && isAbsent(service)) return [missing('eventSource')];
    const [line] = lines ?? [];
    const told =
      lines && service === `${line?.service}.amazonaws.com` ? reading(lines, record, context, envelope) : null;
    if (!isRoot || told?.outcome === 'rejected') return [told ?? unlisted(record)];
    if (told?.outcome === 'finding' && (line?.about === 'caller' || told.finding.identity.kind === 'root'))
      return [told];
    // What root does to others is news of root too.
    const use = useOfRoot(record, context, envelope);
    if (use.outcome !== 'finding') return [told ?? use];
    return told?.outcome === 'finding' ? [told, use] : [use];
  },
};

function unlisted({ eventname: name }: Fields): Reading {
  if (name === 'GetSecretValue')
    return ignored('who reads which secret rightly is not known here, and no rule of ours listens to reads');
  return ignored(`of CloudTrail only calls that change access, or what is recorded, are read${thisIs(name)}`);
}

function reading(lines: Call[], record: Fields, context: ReadingContext, envelope: Fields | undefined): Reading {
  const { name = '', about = 'caller' } = lines[0] ?? {};
  const makesKey = name === 'CreateAccessKey';
  const caller = fields(record.useridentity);
  if (!isAbsent(record.errorcode)) return ignored('the call failed: nothing was changed');
  // Whoever asked for a key, it is one more way in.
  if (isByService(record) && !makesKey) return ignored('an AWS service made the call');
  const is = variantOf(name, record);
  if ('ignored' in is) return ignored(is.ignored);
  const call = lines.find(({ variant }) => variant === is.variant);
  if (!call) return unlisted(record);
  const facts = factsOf(record, envelope, about === 'caller');
  if ('outcome' in facts) return facts;
  if (isByUs(name, caller, facts.account)) return ignored('made by a role of our own, which accounts for it');
  const made = makesKey ? fields(fields(record.responseelements).accesskey).accesskeyid : undefined;
  if (makesKey && isAbsent(made)) return missing('responseElements.accessKey.accessKeyId');
  if (makesKey && !(isAccessKeyId(made) && made.startsWith('AKIA')))
    return invalid('responseElements.accessKey.accessKeyId', 'is not the id of a long-term key');

  const place = placeOf(facts);
  const who = callerOf(caller, place);
  const target = about === 'caller' ? { identity: who, isSelf: true } : targetOf(about, record, who, place);
  const { identity, isSelf } = target ?? { identity: nobody(place), isSelf: false };
  const severity = severities[isSelf ? call.bySelf : call.signal];
  return finding(facts, typeOf(call, isSelf), severity, identity, { isSelf, made, used: caller.accesskeyid }, context);
}

/** Root needs no rights, and hardly ever has to act: what it changes is news, whatever the service. */
function useOfRoot(record: Fields, context: ReadingContext, envelope: Fields | undefined): Reading {
  const { eventname: name, eventsource: service, readonly, errorcode } = record;
  const isNamedSo = isAbsent(readonly) && typeof name === 'string' && reads.test(name);
  if (isNamedSo || readonly === true || readonly === 'true') return ignored('root has only looked');
  if (!isAbsent(errorcode)) return ignored('the call failed: nothing was changed');
  if (isByService(record)) return ignored('an AWS service made the call');
  if (typeof service !== 'string' || service === 'signin.amazonaws.com') return unlisted(record);
  const facts = factsOf(record, envelope, false);
  if ('outcome' in facts) return facts;
  const caller = fields(record.useridentity);
  const identity = callerOf(caller, placeOf(facts));
  const own = { ...facts, id: `${facts.id}/root/${facts.account}` };
  return finding(
    own,
    rootCall.types,
    severities.blocking,
    identity,
    { isSelf: true, used: caller.accesskeyid },
    context,
  );
}

const placeOf = ({ account, id }: Facts) => ({ account, unknownKey: `unknown/${cloudtrail.name}/${id}` });
const nobody = ({ unknownKey: key }: { unknownKey: string }): Identity => ({ kind: 'unknown', key, aliases: [key] });

/** What an event says of keys. */
interface Keys {
  /** Whether the identity itself made the call. */
  isSelf: boolean;
  made?: Folded | undefined;
  used: Folded | undefined;
}

/**
 * What somebody else did may be how a colleague restores service: it names no credential for a cut. Nor does what is
 * everyday, but for a key that its holder has made.
 */
function finding(
  facts: Facts,
  type: string,
  severity: number,
  identity: Identity,
  { isSelf, made, used }: Keys,
  context: ReadingContext,
): Reading {
  const classed = context.classOf(type, severity);
  const isNamed = isSelf && identity.kind !== 'unknown';
  const named = isNamed ? (made ?? (classed.signal === 'advisory' ? undefined : used)) : undefined;
  const aliases = isAccessKeyId(made) ? [...identity.aliases, `access-key/${made}`] : identity.aliases;
  return {
    outcome: 'finding',
    finding: {
      source: cloudtrail.name,
      ...facts,
      type,
      ...classed,
      severity,
      simulated: context.simulated,
      identity: { ...identity, aliases: [...new Set(aliases)].sort() },
      credential: isAccessKeyId(named) ? { accessKeyId: named } : {},
      raw: context.raw(),
    },
  };
}
