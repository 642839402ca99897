import type { Identity, Reading } from '#core/finding';
import { isAccountId, isRegion } from '#core/ids';
import { firstInstant } from '#core/instant';
import { isEventId } from './cloudtrail-facts.ts';
import { type Fields, fields, isAbsent } from './fold.ts';
import { refuse, thisIs } from './refuse.ts';
import type { Folded, ReadingContext, Source } from './source.ts';

const service = 'secretsmanager.amazonaws.com';
const rotationEvent = /^(?:Test)?Rotation(?:Started|Succeeded|Failed|Abandoned)$/;
/** Names as CreateSecret takes them; the `!` is that of secrets which a service manages (`rds!cluster-…`). */
const secretArn = /^arn:aws[a-z-]{0,20}:secretsmanager:([a-z0-9-]{1,30}):(\d{12}):secret:([\w/+=.@!-]{1,519})$/;
const secretName = /^[\w/+=.@!-]{1,512}$/;
/** Secrets Manager ends each ARN so, and takes an ARN that ends so for a complete one (CreateSecret, `Name`). */
const suffix = /-[A-Za-z0-9]{6}$/;

/** The events that are work, with a severity on GuardDuty's scale: Secrets Manager has none. */
const severities: Record<string, number> = { RotationFailed: 5, RotationAbandoned: 3, TestRotationFailed: 3 };

const { ignored, missing, invalid, rejected } = refuse('hand over the record as CloudTrail writes it');

/**
 * Rotations that came to nothing, which Secrets Manager tells through CloudTrail as events of the service itself
 * (Secrets Manager User Guide, "AWS CloudTrail entries for Secrets Manager"): nobody called, and they name the secret
 * and not who holds it. What a rotation function says of its error is not read.
 */
export const secretsmanager: Source = {
  name: 'secretsmanager',
  needs: ['trail'],
  patterns: [
    {
      source: ['aws.secretsmanager'],
      'detail-type': ['AWS Service Event via CloudTrail'],
      detail: { eventSource: [service], eventName: Object.keys(severities) },
    },
  ],
  classes: [
    { types: 'RotationFailed', signal: 'blocking', why: 'the secret keeps a value that was due to be replaced' },
    { types: 'RotationAbandoned', signal: 'advisory', why: 'a value written by hand took the place of a rotation' },
    { types: '*', signal: 'advisory', why: 'only a test failed: nothing was to be replaced yet' },
  ],
  reads: [
    ...['eventname', 'eventsource', 'eventid', 'eventtime', 'awsregion', 'recipientaccountid'],
    ...['useridentity.accountid', 'additionaleventdata.secretid', 'serviceeventdetails.secretid'],
  ],

  recognises(document) {
    const { eventname, eventsource } = fields(document);
    return eventsource === service && typeof eventname === 'string' && rotationEvent.test(eventname);
  },

  read: (document, context, envelope) => [reading(fields(document), context, envelope)],
};

function reading(record: Fields, context: ReadingContext, envelope: Fields | undefined): Reading {
  const { eventname: type, eventsource, eventid, awsregion } = record;
  if (eventsource !== service) return ignored('not an event of Secrets Manager');
  const severity = typeof type === 'string' && Object.hasOwn(severities, type) ? severities[type] : undefined;
  if (typeof type !== 'string' || severity === undefined) return ignored(`no rotation has failed${thisIs(type)}`);
  if (isAbsent(eventid)) return missing('eventID');
  if (!isEventId(eventid)) return invalid('eventID', 'is not the id of an event');

  const told = [fields(record.additionaleventdata).secretid, fields(record.serviceeventdetails).secretid];
  const [secretId, otherId = secretId] = told.filter((each) => !isAbsent(each));
  if (secretId === undefined) return missing('additionalEventData.SecretId');
  const secrets = [secretId, otherId].map(secretOf);
  const [secret] = secrets;
  if (!secret || secrets.includes(null))
    return invalid('additionalEventData.SecretId', 'is neither the ARN nor the name of a secret');

  const accounts = [
    ...[record.recipientaccountid, envelope?.account, fields(record.useridentity).accountid],
    ...secrets.map((each) => each?.account),
  ].filter((each) => !isAbsent(each));
  const [account] = accounts;
  if (account === undefined) return missing('recipientAccountId');
  if (!accounts.every(isAccountId) || !isAccountId(account))
    return invalid('recipientAccountId', 'is not a text of 12 digits');
  // A secret is rotated in its own account.
  if (accounts.some((each) => each !== account))
    return rejected('ACCOUNT_CLASH', 'the accounts of record, secret and envelope differ');
  const regions = [awsregion, envelope?.region, ...secrets.map((each) => each?.region)].filter(
    (each) => !isAbsent(each),
  );
  const [region] = regions;
  if (region === undefined) return missing('awsRegion');
  if (!regions.every(isRegion) || !isRegion(region)) return invalid('awsRegion', 'is not an AWS Region');
  const observedAt = firstInstant([record.eventtime, envelope?.time]);
  if (!observedAt) return missing('eventTime');

  const isOne = secretId === otherId && regions.every((each) => each === region);
  return {
    outcome: 'finding',
    finding: {
      source: secretsmanager.name,
      id: eventid,
      type,
      ...context.classOf(type, severity),
      severity,
      account,
      region,
      observedAt,
      simulated: context.simulated,
      identity: isOne ? identityOf(secret, account, region) : nobody(eventid),
      credential: {},
      raw: context.raw(),
    },
  };
}

interface Secret {
  name: string;
  arn?: string;
  account?: string;
  region?: string;
}

/** Null for what is no secret. */
function secretOf(id: Folded | undefined): Secret | null {
  if (typeof id !== 'string') return null;
  const [arn, region = '', account = '', rest = ''] = secretArn.exec(id) ?? [];
  if (arn !== undefined) return { name: rest.replace(suffix, ''), arn, account, region };
  return secretName.test(id) ? { name: id } : null;
}

function identityOf({ name, arn }: Secret, account: string, region: string): Identity {
  const key = `secret/${account}/${region}/${name}`;
  return { kind: 'secret', key, aliases: [key], name, ...(arn === undefined ? {} : { arn }) };
}

/** Two secrets, or two Regions, contradict each other: a person decides. */
function nobody(id: string): Identity {
  const key = `unknown/${secretsmanager.name}/${id}`;
  return { kind: 'unknown', key, aliases: [key] };
}
