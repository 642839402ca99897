import { sha256 } from '#core/digest';
import type { Reading } from '#core/finding';
import { instant } from '#core/instant';
import { type Fields, fields, fold, isAbsent, isFields } from './fold.ts';
import { placeOf } from './place.ts';
import { refuse } from './refuse.ts';
import type { Folded, ReadingContext, Source } from './source.ts';
import { accountIn } from './subjects.ts';

const prefix = 'SSF:';
const eventType = /^https:\/\/schemas\.openid\.net\/secevent\/(?:caep|risc)\/event-type\/([a-z-]{1,64})$/;
const printable = /^[\x21-\x7e]{1,512}$/;

/** CAEP 1.0 and RISC 1.0, with a severity on GuardDuty's scale: the events have none. */
const severities: Record<string, number> = {
  'credential-compromise': 8,
  'session-revoked': 6,
  'sessions-revoked': 6,
  'account-disabled': 5,
  'device-compliance-change': 5,
  'assurance-level-change': 4,
  'credential-change': 3,
};

const { ignored, missing, invalid, rejected } = refuse('hand over the token as the receiver keeps it, or its claims');

/**
 * OpenID Shared Signals: security event tokens (RFC 8417) that a transmitter pushes to our receiver, which has checked
 * their signature. They name subjects of the issuer (RFC 9493); who they are in AWS, the settings say, issuer by issuer.
 */
export const ssf: Source = {
  name: 'ssf',
  comesBy: 'receiver',
  needs: ['receiver', 'key-set'],
  patterns: [{ source: ['rescind.received.ssf'], 'detail-type': ['Security Event Token'] }],
  classes: [
    {
      types: `${prefix}credential-compromise`,
      signal: 'blocking',
      why: 'its issuer says that others have the credential',
    },
    {
      types: `${prefix}session-revoked`,
      signal: 'blocking',
      why: 'its issuer has ended the session, and those that it has in AWS live on',
    },
    {
      types: `${prefix}sessions-revoked`,
      signal: 'blocking',
      why: 'its issuer has ended all sessions, and those that it has in AWS live on',
    },
    {
      types: `${prefix}account-disabled`,
      signal: 'blocking',
      why: 'the subject may no longer sign in, and what it holds in AWS lives on',
    },
    {
      types: `${prefix}device-compliance-change`,
      signal: 'blocking',
      why: 'the device from which the subject works is no longer as it must be',
    },
    { types: '*', signal: 'advisory', why: 'everyday work, and news of an identity that has a case' },
  ],
  joinsOnly: true,

  recognises(document) {
    const claims = claimsOf(fields(document));
    const { iss, jti, events } = isFields(claims ?? undefined) ? (claims as Fields) : {};
    return typeof iss === 'string' && typeof jti === 'string' && isFields(events);
  },

  read(document, context, envelope) {
    const claims = claimsOf(fields(document));
    if (claims === null) return [invalid('detail.token', 'is not a token whose claims can be read')];
    if (claims === 'ambiguous') return [rejected('AMBIGUOUS', 'the claims of the token hold one key twice')];
    return reading(claims, context, envelope);
  },
};

/** The claims of a token, or a document that is them. */
function claimsOf(document: Fields): Fields | 'ambiguous' | null {
  const { token } = document;
  if (token === undefined) return document;
  const [, payload] = (typeof token === 'string' && /^[\w-]+\.([\w-]+)\.[\w-]+$/.exec(token)) || [];
  if (payload === undefined) return null;
  try {
    const { folded, doubts } = fold(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')));
    if (doubts.length > 0) return 'ambiguous';
    return isFields(folded) ? folded : null;
  } catch {
    return null;
  }
}

function reading(claims: Fields, context: ReadingContext, envelope: Fields | undefined): Reading[] {
  const { iss, jti, iat, events, sub_id } = claims;
  if (typeof iss !== 'string' || !printable.test(iss)) return [invalid('iss', 'is not the name of an issuer')];
  if (isAbsent(jti)) return [missing('jti')];
  if (typeof jti !== 'string' || !printable.test(jti)) return [invalid('jti', 'is not the id of a token')];
  if (!isFields(events) || Object.keys(events).length === 0) return [missing('events')];
  const issuedAt = instant(iat);
  if (!issuedAt) return [missing('iat')];
  const place = placeOf(envelope, invalid);
  if ('outcome' in place) return [place];

  return Object.entries(events).map(([uri, told]): Reading => {
    const event = fields(told);
    const [, type = ''] = eventType.exec(uri) ?? [];
    const severity = Object.hasOwn(severities, type) ? severities[type] : undefined;
    if (severity === undefined)
      return ignored(`no session, credential or threat of ours${type && ` (this is ${type})`}`);
    if (type === 'device-compliance-change' && event.current_status === 'compliant')
      return ignored('the device is as it must be');
    if (type === 'assurance-level-change' && event.change_direction === 'increase')
      return ignored('the subject is surer than before');
    const id = `${iss}/${jti}/${type}`;
    const identity = context.whoIs(subjectsOf([sub_id, event.subject], iss), sha256(id).slice(0, 16), iss);
    return {
      outcome: 'finding',
      finding: {
        source: ssf.name,
        id,
        type: `${prefix}${type}`,
        ...context.classOf(`${prefix}${type}`, severity),
        severity,
        account: accountIn(identity) ?? place.account,
        region: place.region,
        observedAt: instant(event.event_timestamp) ?? issuedAt,
        simulated: context.simulated,
        identity,
        credential: {},
        raw: context.raw(),
      },
    };
  });
}

/** The subject of the token, or of its event as drafts had it; both count where there are both. */
const subjectsOf = (told: (Folded | undefined)[], issuer: string): string[][] =>
  told.filter(isFields).map((subject) => namesIn(subject, issuer));

/** By the formats of RFC 9493, and of a complex subject its user (Shared Signals Framework 1.0). */
function namesIn(subject: Fields, issuer: string): string[] {
  const { format, email, uri, id, iss, sub, identifiers, user } = subject;
  if (isFields(user)) return namesIn(user, issuer);
  if (Array.isArray(identifiers)) return identifiers.filter(isFields).flatMap((each) => namesIn(each, issuer));
  const names: Record<string, unknown[]> = {
    email: [email],
    account: [typeof uri === 'string' ? uri.replace(/^acct:/, '') : undefined],
    uri: [uri],
    opaque: [id],
    // What another issuer calls its subject is nobody's name here.
    iss_sub: [iss === issuer ? sub : undefined],
  };
  const named = typeof format === 'string' && Object.hasOwn(names, format) ? (names[format] ?? []) : [];
  return named.filter((name) => typeof name === 'string' && name !== '') as string[];
}
