import type { Finding, Reading } from '#core/finding';
import { isAccountId, isRegion } from '#core/ids';
import { firstInstant } from '#core/instant';
import { type Fields, fields, isAbsent } from './fold.ts';
import { refuse } from './refuse.ts';

/** What a finding takes from any record. */
export type Facts = Pick<Finding, 'id' | 'account' | 'region' | 'observedAt'> & { account: string };

export const refusal = refuse('hand over the record as CloudTrail writes it');
const { missing, invalid, rejected } = refusal;

/** An event's id: a UUID where AWS made it. */
export const isEventId = (id: unknown): id is string => typeof id === 'string' && /^[\w-]{1,300}$/.test(id);

/**
 * The facts of a record, or why nobody may act on it. `fromOutside`: whether an account that is not the caller's may
 * have the record, as that of a call from another account does (CloudTrail User Guide, "sharedEventID").
 */
export function factsOf(record: Fields, envelope: Fields | undefined, fromOutside: boolean): Facts | Reading {
  const { eventid: id, awsregion: region } = record;
  const { type, accountid } = fields(record.useridentity);
  const own = fromOutside && type === 'AWSAccount' ? [] : [accountid];
  const accounts = [record.recipientaccountid, envelope?.account, ...own].filter((each) => !isAbsent(each));
  const [account] = accounts;
  if (account === undefined) return missing('recipientAccountId');
  if (!accounts.every(isAccountId) || !isAccountId(account))
    return invalid('recipientAccountId', 'is not a text of 12 digits');
  if (accounts.some((each) => each !== account))
    return rejected('ACCOUNT_CLASH', 'the accounts of record, caller and envelope differ');
  if (isAbsent(id)) return missing('eventID');
  if (!isEventId(id)) return invalid('eventID', 'is not the id of an event');
  if (!isAbsent(region) && !isRegion(region)) return invalid('awsRegion', 'is not an AWS Region');
  const observedAt = firstInstant([record.eventtime, envelope?.time]);
  if (!observedAt) return missing('eventTime');
  return { id, account, region: isRegion(region) ? region : null, observedAt };
}

/**
 * A service acts for somebody else, and is never contained. What is done in the console once named its sign-in as the
 * service (IAM User Guide, "Example IAM API events in CloudTrail log").
 */
export function isByService({ useridentity, eventtype }: Fields): boolean {
  const { type, invokedby } = fields(useridentity);
  const isInvoked = !isAbsent(invokedby) && invokedby !== 'signin.amazonaws.com';
  return type === 'AWSService' || isInvoked || eventtype === 'AwsServiceEvent';
}

/** What our own roles call, by their names after the Region; `rotation` is the function of schedules. */
const ourCalls: Record<string, string[]> = {
  CreateAccessKey: ['rotate', 'rotation'],
  PutUserPolicy: ['contain'],
  PutRolePolicy: ['contain'],
};

/** Our roles hold the Region of their deployment, because IAM is global. */
const ourRole = /^arn:aws[a-z-]*:iam::(\d{12}):role\/rescind-[a-z]{2}(?:-[a-z]+)+-\d{1,2}-([a-z]+)$/;

/**
 * Whether a role of ours made a call that it is there for; any other call of it is news. Whoever may create roles could
 * take such a name. All that it wins is that a key, or an inline policy, of somebody goes untold: the key is still found
 * on the user by `verify`, and calls of the roles that are really ours are compared with the records by the watch.
 */
export function isByUs(name: string, caller: Fields, account: string): boolean {
  const { type, arn } = fields(fields(caller.sessioncontext).sessionissuer);
  const [, owner, ours = ''] = (typeof arn === 'string' && ourRole.exec(arn)) || [];
  const isCall = Object.hasOwn(ourCalls, name) && ourCalls[name]?.includes(ours) === true;
  return caller.type === 'AssumedRole' && type === 'Role' && owner === account && isCall;
}
