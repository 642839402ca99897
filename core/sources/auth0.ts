import type { Reading } from '#core/finding';
import { firstInstant } from '#core/instant';
import { type Fields, fields, isAbsent, isFields } from './fold.ts';
import { placeOf } from './place.ts';
import { refuse } from './refuse.ts';
import type { Folded, ReadingContext, Source } from './source.ts';
import { accountIn } from './subjects.ts';

const prefix = 'Auth0:';
const code = /^[a-z][a-z0-9_]{0,63}$/;
const logId = /^[\w-]{1,128}$/;

/** The event codes that are read (Auth0 Docs, "Log Event Type Codes"), with a severity on GuardDuty's scale. */
const severities: Record<string, number> = {
  pwd_leak: 8,
  sdu: 5,
  ferrt: 5,
  gd_auth_rejected: 4,
  gd_unenroll: 4,
  gd_recovery_succeed: 4,
  gd_enrollment_complete: 3,
  limit_wc: 3,
  scp: 3,
  sce: 3,
  scpn: 3,
  scu: 3,
  srrt: 3,
  signup_pwd_leak: 2,
};

const { ignored, missing, invalid, rejected } = refuse('hand over the log event as Auth0 streams it');

/**
 * The log of an Auth0 tenant, streamed to a partner bus: passwords known to others, changed credentials and factors,
 * ended sessions. It names users of the tenant; who they are in AWS, the settings say.
 */
export const auth0: Source = {
  name: 'auth0',
  comesBy: 'partner',
  needs: ['partner-bus'],
  patterns: [
    {
      source: [{ prefix: 'aws.partner/auth0.com/' }],
      'detail-type': ['Auth0 log'],
      detail: { data: { type: Object.keys(severities) } },
    },
  ],
  classes: [
    {
      types: `${prefix}pwd_leak`,
      signal: 'blocking',
      why: 'somebody signs in with a password that is known to others',
    },
    {
      types: `${prefix}ferrt`,
      signal: 'blocking',
      why: 'a refresh token was used that is not the last one, as two holders of one session do',
    },
    {
      types: `${prefix}sdu`,
      signal: 'blocking',
      why: 'the subject is gone, and what it holds in AWS lives on',
    },
    { types: '*', signal: 'advisory', why: 'everyday work, and news of an identity that has a case' },
  ],
  joinsOnly: true,
  reads: ['log_id', ...['type', 'log_id', 'date', 'user_id', 'user_name'].map((key) => `data.${key}`)],

  recognises(document) {
    const { data, log_id } = fields(document);
    const { type, date, tenant_name, client_id, user_id } = fields(data);
    return (
      isFields(data) &&
      typeof type === 'string' &&
      code.test(type) &&
      !isAbsent(date) &&
      [log_id, data.log_id, tenant_name, client_id, user_id].some((each) => !isAbsent(each))
    );
  },

  read: (document, context, envelope) => [reading(fields(document), context, envelope)],
};

function reading(event: Fields, context: ReadingContext, envelope: Fields | undefined): Reading {
  const data = fields(event.data);
  const { type } = data;
  if (typeof type !== 'string' || !code.test(type)) return invalid('data.type', 'is not the code of an event');
  const severity = Object.hasOwn(severities, type) ? severities[type] : undefined;
  if (severity === undefined) return ignored(`no session, credential or threat of ours (this is ${type})`);
  const [id, otherId = id] = [event.log_id, data.log_id].filter((each) => !isAbsent(each));
  if (id === undefined) return missing('log_id');
  if (typeof id !== 'string' || !logId.test(id)) return invalid('log_id', 'is not the id of an event');
  if (otherId !== id) return rejected('AMBIGUOUS', 'log_id and data.log_id differ');
  const observedAt = firstInstant([data.date, envelope?.time]);
  if (!observedAt) return missing('data.date');
  const place = placeOf(envelope, invalid);
  if ('outcome' in place) return place;

  const names = [data.user_id, data.user_name].filter(isName);
  const identity = context.whoIs(names.length > 0 ? [names] : [], id);
  return {
    outcome: 'finding',
    finding: {
      source: auth0.name,
      id,
      type: `${prefix}${type}`,
      ...context.classOf(`${prefix}${type}`, severity),
      severity,
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

const isName = (name: Folded | undefined): name is string => typeof name === 'string' && name !== '';
