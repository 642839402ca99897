import type { Reading } from '#core/finding';
import { firstInstant } from '#core/instant';
import { type Fields, fields, isAbsent } from './fold.ts';
import { placeOf } from './place.ts';
import { refuse } from './refuse.ts';
import type { Folded, ReadingContext, Source } from './source.ts';
import { accountIn } from './subjects.ts';

const prefix = 'Okta:';
const eventType = /^[a-z0-9_]+(?:\.[a-z0-9_]+){1,8}$/;
const uuid = /^[\w-]{1,64}$/;

/** The types that are read, with a severity on GuardDuty's scale: Okta's own is that of a log line. */
const severities: Record<string, number> = {
  'security.session.detect_client_roaming': 8,
  'security.breached_credential.detected': 8,
  'user.account.report_suspicious_activity_by_enduser': 7,
  'user.authentication.universal_logout': 6,
  'user.session.clear': 6,
  'user.lifecycle.deactivate': 5,
  'user.lifecycle.suspend': 5,
  'user.mfa.factor.reset_all': 5,
  'user.mfa.factor.deactivate': 4,
  'user.mfa.factor.suspend': 3,
  'user.mfa.factor.activate': 3,
  'user.mfa.factor.update': 3,
  'user.account.update_password': 3,
  'user.account.reset_password': 3,
  'user.session.context.change': 3,
  'policy.auth_reevaluate.fail': 3,
  'security.threat.detected': 3,
};
/** What Okta says of the risk of a user, in the text of `debugData.risk`. */
const risks = ['user.risk.detect', 'user.risk.change'];
const riskLevel = /(?:^|[{,\s])level=(LOW|MEDIUM|HIGH)\b/;
const severityOfRisk: Record<string, number> = { HIGH: 8, MEDIUM: 4, LOW: 2 };
/** Of a change, only one that was made counts; what is a threat counts however the attempt ended. */
const changes = /^user\.(?:session\.clear|authentication|lifecycle|mfa|account\.(?:update|reset)_)/;
const types = [...Object.keys(severities), ...risks];

const { ignored, missing, invalid } = refuse('hand over the event as the System Log of Okta gives it');

/**
 * Okta's System Log, streamed to a partner bus (Okta Help, "Add an AWS EventBridge log stream"): stolen and ended
 * sessions, changed credentials and factors, threats. It names subjects of Okta; who they are in AWS, the settings say.
 */
export const okta: Source = {
  name: 'okta',
  comesBy: 'partner',
  needs: ['partner-bus'],
  patterns: [
    { source: [{ prefix: 'aws.partner/okta.com/' }], 'detail-type': ['SystemLog'], detail: { eventType: types } },
  ],
  classes: [
    {
      types: `${prefix}security.session.*`,
      signal: 'blocking',
      why: 'a session is used from another place than the one that it was begun at',
    },
    {
      types: `${prefix}security.breached_credential.*`,
      signal: 'blocking',
      why: 'the password is known to others',
    },
    {
      types: `${prefix}user.account.report_suspicious_activity_by_enduser`,
      signal: 'blocking',
      why: 'its holder says that somebody else has acted',
    },
    { types: `${prefix}user.risk.*`, atLeast: 7, signal: 'blocking', why: 'Okta rates the risk of the user high' },
    { types: `${prefix}user.risk.*`, signal: 'advisory', why: 'Okta does not rate the risk of the user high' },
    {
      types: `${prefix}user.authentication.universal_logout`,
      signal: 'blocking',
      why: 'all of its sessions were ended, and those that it has in AWS live on',
    },
    {
      types: `${prefix}user.session.clear`,
      signal: 'blocking',
      why: 'all of its sessions were ended, and those that it has in AWS live on',
    },
    {
      types: `${prefix}user.lifecycle.*`,
      signal: 'blocking',
      why: 'the subject may no longer sign in, and what it holds in AWS lives on',
    },
    { types: '*', signal: 'advisory', why: 'everyday work, and news of an identity that has a case' },
  ],
  joinsOnly: true,
  reads: ['uuid', 'eventtype', 'published', 'outcome.result', 'actor', 'target', 'debugcontext.debugdata.risk'],

  recognises(document) {
    const { eventtype, actor, published, outcome, target } = fields(document);
    return (
      typeof eventtype === 'string' && eventType.test(eventtype) && [actor, published, outcome ?? target].every(isTold)
    );
  },

  read: (document, context, envelope) => [reading(fields(document), context, envelope)],
};

const isTold = (value: Folded | undefined): boolean => !isAbsent(value);

function reading(event: Fields, context: ReadingContext, envelope: Fields | undefined): Reading {
  const { eventtype: type, uuid: id } = event;
  if (typeof type !== 'string' || !eventType.test(type)) return invalid('eventType', 'is not the type of an event');
  if (!types.includes(type)) return ignored(`no session, credential or threat of ours (this is ${type.slice(0, 64)})`);
  if (changes.test(type) && fields(event.outcome).result !== 'SUCCESS')
    return ignored(`nothing was changed (this is ${type})`);
  if (isAbsent(id)) return missing('uuid');
  if (typeof id !== 'string' || !uuid.test(id)) return invalid('uuid', 'is not the id of an event');
  const observedAt = firstInstant([event.published, envelope?.time]);
  if (!observedAt) return missing('published');
  const place = placeOf(envelope, invalid);
  if ('outcome' in place) return place;

  const severity = severities[type] ?? riskOf(event);
  const identity = context.whoIs(subjectsOf(event), id);
  return {
    outcome: 'finding',
    finding: {
      source: okta.name,
      id,
      type: `${prefix}${type}`,
      ...context.classOf(`${prefix}${type}`, severity),
      severity: severity ?? 5,
      account: accountIn(identity) ?? place.account,
      region: place.region,
      observedAt,
      simulated: context.simulated,
      identity,
      credential: {},
      raw: context.raw(),
    },
  };
}

/** Null where it is not told: classes take it for reached. */
function riskOf({ debugcontext }: Fields): number | null {
  const { risk } = fields(fields(debugcontext).debugdata);
  const [, level = ''] = (typeof risk === 'string' && riskLevel.exec(risk)) || [];
  return severityOfRisk[level] ?? null;
}

/** The users to whom it happened, else the one who acted. */
function subjectsOf({ target, actor }: Fields): string[][] {
  const users = (Array.isArray(target) ? target : []).map(fields).filter(isUser);
  const all = users.length > 0 ? users : [fields(actor)].filter(isUser);
  return all.map(({ id, alternateid }) => [id, alternateid].filter(isName));
}

const isUser = ({ type }: Fields): boolean => type === 'User';
const isName = (name: Folded | undefined): name is string =>
  typeof name === 'string' && name !== '' && name !== 'unknown';
