import { type Fields, fields } from './fold.ts';
import type { Folded } from './source.ts';

/** What a record makes of its call: a variant, which has a line of its own among the calls, or none; or no news at all. */
export type Variant = { variant: string | undefined } | { ignored: string };

const none: Variant = { variant: undefined };

/** AWS managed policies, by their names (AWS Managed Policy Reference). */
const everything = /^arn:aws[a-z-]*:iam::aws:policy\/(?:AdministratorAccess|PowerUserAccess|IAMFullAccess)$/;
const onlyDenies = /^arn:aws[a-z-]*:iam::aws:policy\/(?:AWSDenyAll|AWSCompromisedKeyQuarantine(?:V\d{1,2})?)$/;

const attached = (record: Fields): Variant => {
  const { policyarn } = fields(record.requestparameters);
  if (typeof policyarn !== 'string') return none;
  if (onlyDenies.test(policyarn)) return { ignored: 'the policy only denies: it takes access away' };
  return everything.test(policyarn) ? { variant: 'Administrator' } : none;
};

/** The answer of a sign-in event is in a field of its name (CloudTrail User Guide, "Console sign-in events"). */
const signedIn = (name: string, record: Fields): boolean =>
  fields(record.responseelements)[name.toLowerCase()] === 'Success';

const ofRoot =
  (name: string) =>
  (record: Fields): Variant => {
    if (!signedIn(name, record)) return { ignored: 'no success is told: nothing happened' };
    return fields(record.useridentity).type === 'Root' ? { variant: 'Root' } : { ignored: 'it is not about root' };
  };

/** By event name; what stands here has no other news than what is told apart. */
const variants: Record<string, (record: Fields) => Variant> = {
  AttachUserPolicy: attached,
  AttachRolePolicy: attached,
  AttachGroupPolicy: attached,
  PasswordUpdated: ofRoot('PasswordUpdated'),
  PasswordRecoveryCompleted: ofRoot('PasswordRecoveryCompleted'),

  CreatePolicyVersion: (record) =>
    isTrue(fields(record.requestparameters).setasdefault)
      ? none
      : { ignored: 'the new version of the policy is not its default: nobody has it yet' },

  PutEventSelectors: (record) =>
    keepsManagementEvents(fields(record.requestparameters))
      ? { ignored: 'the trail records all management events, as it should' }
      : none,

  UpdateDetector: (record) =>
    turnsOff(fields(record.requestparameters)) ? none : { ignored: 'GuardDuty goes on watching what it watched' },

  ConsoleLogin(record) {
    if (!signedIn('ConsoleLogin', record)) return { ignored: 'no successful sign-in: nothing happened' };
    const { type } = fields(record.useridentity);
    if (type === 'Root') return { variant: 'Root' };
    // A federated sign-in says that no MFA was used, because the identity provider asks for it (same guide).
    if (type !== 'IAMUser') return { ignored: 'a federated sign-in: MFA is up to the identity provider' };
    const { mfaused } = fields(record.additionaleventdata);
    return mfaused === 'Yes' ? { ignored: 'the user signed in with MFA' } : { variant: 'WithoutMFA' };
  },
};

export const variantOf = (name: string, record: Fields): Variant =>
  Object.hasOwn(variants, name) ? (variants[name]?.(record) ?? none) : none;

/** What it does not say is as CloudTrail takes it: everything (API Reference, PutEventSelectors). Any doubt counts as a loss. */
function keepsManagementEvents({ eventselectors: basic, advancedeventselectors: advanced }: Fields): boolean {
  const keepsAll = (selector: Fields) =>
    [undefined, true, 'true'].some((each) => each === selector.includemanagementevents) &&
    [undefined, 'All'].some((each) => each === selector.readwritetype) &&
    list(selector.excludemanagementeventsources).length === 0;
  const isOnlyManagement = ({ fieldselectors }: Fields) => {
    const [field, ...others] = list(fieldselectors).map(fields);
    const [equals, ...more] = list(field?.equals);
    return field?.field === 'eventCategory' && equals === 'Management' && others.length === 0 && more.length === 0;
  };
  return list(basic).map(fields).some(keepsAll) || list(advanced).map(fields).some(isOnlyManagement);
}

/** By `dataSources`, before there were features, one level deeper for some (GuardDuty API Reference, UpdateDetector). */
function turnsOff({ enable, features, datasources }: Fields): boolean {
  const isOff = (value: Folded | undefined) => value === false || value === 'false';
  const parts = Object.values(fields(datasources)).flatMap((part) => [part, ...Object.values(fields(part))]);
  const isDisabled = (feature: Folded) => fields(feature).status === 'DISABLED';
  return isOff(enable) || list(features).some(isDisabled) || parts.some((part) => isOff(fields(part).enable));
}

const list = (value: Folded | undefined): Folded[] => (Array.isArray(value) ? value : []);
const isTrue = (value: Folded | undefined) => value === true || value === 'true';
