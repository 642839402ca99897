import type { Reading } from '#core/finding';
import { isAccessKeyId, isAccountId, isRegion } from '#core/ids';
import { instant } from '#core/instant';
import { type Fields, fields, isAbsent, isFields } from './fold.ts';
import { healthIdentities } from './health-identities.ts';
import { refuse } from './refuse.ts';
import type { Folded, ReadingContext, Source } from './source.ts';

const typeCode = /^[A-Z0-9_]{1,100}$/;
/** The code of the type is the middle one of three parts (API Reference, Event); older ARNs have one part and tell none. */
const eventArn = /^arn:aws[a-z-]{0,20}:health:([a-z0-9-]{1,30})::event\/(?=[\w/-]{1,256}$)(?:[\w-]+\/([\w-]+)\/)?/;
const healthArn = /^arn:aws[a-z-]*:health:/;
/** What DescribeEvents, DescribeAffectedEntities and DescribeEventDetails put around their answers. */
const lists = ['events', 'entities', 'successfulset'];

const { ignored, missing, invalid, rejected } = refuse('hand over the event as AWS Health sends it to EventBridge');

/** AWS Health has no severity; these are on GuardDuty's scale. */
const severities: Record<string, number> = {
  AWS_RISK_CREDENTIALS_COMPROMISED: 9,
  AWS_RISK_ACCOUNT_CONSOLE_COMPROMISE: 9,
  AWS_RISK_CREDENTIALS_EXPOSED: 8,
  AWS_RISK_IAM_QUARANTINE: 8,
  AWS_RISK_CREDENTIALS_COMPROMISE_SUSPECTED: 7,
  AWS_RISK_CREDENTIALS_EXPOSURE_SUSPECTED: 6,
};

/**
 * AWS Health: what AWS itself has seen of a credential. Such events are global: they arrive in us-east-1, and in
 * us-west-2 as its backup (AWS Health User Guide, "Creating EventBridge rules for AWS Region coverage"). The guide lists
 * no type codes, hence a prefix: a type that is new is not lost.
 */
export const health: Source = {
  name: 'health',
  needs: [],
  onlyIn: { regions: ['us-east-1', 'us-west-2'], what: 'events of AWS Health on credentials' },
  patterns: [
    {
      source: ['aws.health'],
      'detail-type': ['AWS Health Event'],
      detail: { eventTypeCode: [{ prefix: 'AWS_RISK_' }] },
    },
  ],
  classes: [
    { types: 'AWS_RISK_CREDENTIALS_EXPOSED', signal: 'blocking', why: 'AWS has seen the key in a public place' },
    {
      types: 'AWS_RISK_CREDENTIALS_COMPROMISED',
      signal: 'blocking',
      why: 'AWS says that somebody else holds the credential',
    },
    {
      types: 'AWS_RISK_IAM_QUARANTINE',
      signal: 'blocking',
      // It denies a list of calls (AWS Managed Policy Reference, "AWSCompromisedKeyQuarantineV4").
      why: 'AWS has denied the user some calls and left the key to its owner',
    },
    {
      types: 'AWS_RISK_CREDENTIALS_EXPOSURE_SUSPECTED',
      signal: 'blocking',
      why: 'AWS suspects that the key is public',
    },
    {
      types: 'AWS_RISK_CREDENTIALS_COMPROMISE_SUSPECTED',
      signal: 'blocking',
      why: 'AWS suspects that somebody else holds the credential',
    },
    { types: '*', signal: 'blocking', why: 'AWS sees an identity at risk: a person decides' },
  ],

  recognises: (document) => partsOf(fields(document)).some(isHealth),

  read: (document, context, envelope) =>
    (envelope ? [fields(document)] : partsOf(fields(document))).flatMap((part) => reading(part, context, envelope)),
};

/** The events, or affected entities, that an answer of the API holds; else the document itself. */
function partsOf(document: Fields): Fields[] {
  const listed = lists.map((name) => document[name]).find((each) => Array.isArray(each) && each.length > 0);
  return Array.isArray(listed) ? listed.map(fields) : [document];
}

const isHealth = ({ eventarn, arn, event }: Fields): boolean =>
  [eventarn, arn, fields(event).arn].some((each) => typeof each === 'string' && healthArn.test(each));

function reading(part: Fields, context: ReadingContext, envelope: Fields | undefined): Reading[] {
  const event = isFields(part.event) ? part.event : part;
  const arn = isAbsent(part.eventarn) ? event.arn : part.eventarn;
  const [, arnRegion, arnCode] = (typeof arn === 'string' && eventArn.exec(arn)) || [];
  const code = isAbsent(event.eventtypecode) ? arnCode : event.eventtypecode;
  if (isAbsent(code)) return [envelope ? missing('eventTypeCode') : ignored('does not tell the type of its event')];
  if (typeof code !== 'string' || !typeCode.test(code)) return [invalid('eventTypeCode', 'is not the code of a type')];
  if (!code.startsWith('AWS_RISK_')) return [ignored(`no credential is at risk (this is ${code})`)];
  if (event.statuscode === 'closed') return [ignored('closed in AWS Health: somebody has dealt with it')];

  const account = accountOf(part, envelope);
  const identities = healthIdentities(part, envelope?.resources, isAccountId(account) ? account : '');
  if (identities === 'resolved') return [ignored('AWS Health counts what it names as resolved')];
  const isNobody = identities.every(({ isNamed }) => !isNamed);
  if (isNobody && event.eventscopecode === 'PUBLIC') return [ignored('a public event: about no account of ours')];
  // Neither DescribeEvents nor DescribeEventDetails tells of entities: what they leave out is in DescribeAffectedEntities.
  if (!envelope && (isNobody || account === null))
    return [ignored('names no identity or no account: hand over its affected entities, or what EventBridge received')];
  // A type that we do not know may be about anything.
  if (isNobody && severities[code] === undefined) return [ignored(`names no AWS identity (this is ${code})`)];

  if (account === null) return [missing('affectedAccount')];
  if (typeof account !== 'string') return [account];
  if (isAbsent(arn)) return [missing('eventArn')];
  if (typeof arn !== 'string' || arnRegion === undefined) return [invalid('eventArn', 'is not the ARN of an event')];
  const region = [event.eventregion, event.region, arnRegion].find((each) => !isAbsent(each));
  if (region !== 'global' && !isRegion(region)) return [invalid('eventRegion', 'is not an AWS Region')];
  const times = [event.starttime, event.lastupdatedtime, part.lastupdatedtime];
  // The start stays through all updates. The envelope's time differs between the Regions that tell of one event.
  const [newest] = times
    .flatMap((time) => timeOf(time) ?? [])
    .toSorted()
    .toReversed();
  const observedAt = newest ?? timeOf(envelope?.time);
  if (!observedAt) return [missing('startTime')];

  const severity = severities[code] ?? 5;
  return identities.map(({ handle, identityIn, accessKeyId }) => ({
    outcome: 'finding',
    finding: {
      source: health.name,
      // An event's ARN is the same in every account and Region that it reaches (User Guide, "EventBridge schema").
      id: `${arn}/${handle}`,
      type: code,
      ...context.classOf(code, severity),
      severity,
      account,
      region: region === 'global' ? null : region,
      observedAt,
      simulated: context.simulated,
      // Health tells where a key was found, not that it was used.
      unused: true as const,
      identity: identityIn(`unknown/${health.name}/${arn}/${handle}`),
      credential: accessKeyId === undefined ? {} : { accessKeyId },
      raw: context.raw(),
    },
  }));
}

/**
 * Where the identity lives. In an organisation's view the event is sent to another account than the one that it is
 * about (User Guide, "EventBridge schema"), so the envelope's counts last. Null where no account is told.
 */
function accountOf(part: Fields, envelope: Fields | undefined): string | Reading | null {
  const affected = isAccessKeyId(part.affectedaccount) ? undefined : part.affectedaccount;
  const told = [
    ['affectedAccount', affected] as const,
    ['awsAccountId', part.awsaccountid] as const,
    ['eventMetadata.accountId', fields(part.eventmetadata).accountid] as const,
    ['account of the envelope', envelope?.account] as const,
  ].filter(([, account]) => !isAbsent(account));
  const wrong = told.find(([, account]) => !isAccountId(account));
  if (wrong) return invalid(wrong[0], 'is not a text of 12 digits');
  const own = told.filter(([name]) => name !== 'account of the envelope').map(([, account]) => account);
  if (own.some((account) => account !== own[0]))
    return rejected('ACCOUNT_CLASH', 'the accounts that the event is about differ');
  return [...own, envelope?.account].find(isAccountId) ?? null;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** EventBridge events of Health write times as RFC 1123 has them; the API gives seconds. */
const rfc1123 = /^[A-Z][a-z]{2}, (\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}:\d{2}:\d{2}) GMT$/;

function timeOf(value: Folded | undefined): string | null {
  const [written, day = '', month = '', year, time] = (typeof value === 'string' && rfc1123.exec(value)) || [];
  if (written === undefined) return instant(value);
  const two = (text: string) => text.padStart(2, '0');
  return instant(`${year}-${two(String(months.indexOf(month) + 1))}-${two(day)}T${time}Z`);
}
