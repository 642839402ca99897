import type { Identity, Reading } from '#core/finding';
import { isAccessKeyId } from '#core/ids';
import { firstInstant } from '#core/instant';
import { type Fields, fields, isAbsent, isFields } from './fold.ts';
import { placeOf } from './place.ts';
import { refuse } from './refuse.ts';
import type { ReadingContext, Source } from './source.ts';

const prefix = 'GitHub:';
const repositoryName = /^[\w.-]{1,100}\/[\w.-]{1,100}$/;
/** GitHub Docs, "Supported secret scanning patterns", of the provider Amazon Web Services. */
const awsTypes = /^(?:aws|amazon)_[a-z0-9_]{1,80}$/;
/** What makes an alert work: it is there, or there again, or known to everybody. */
const actions = ['created', 'reopened', 'publicly_leaked'];

const { ignored, missing, invalid } = refuse('hand over the alert as GitHub sends it to a webhook');

/**
 * GitHub's secret scanning, by a webhook to our receiver, which has checked its signature and dropped the secret (GitHub
 * Docs, "Webhook events and payloads", secret_scanning_alert). An alert tells the id of a key only where that is what was
 * found; else nobody is named, and a person looks.
 */
export const github: Source = {
  name: 'github',
  comesBy: 'receiver',
  needs: ['receiver', 'webhook-secret'],
  patterns: [{ source: ['rescind.received.github'], 'detail-type': ['secret_scanning_alert'] }],
  classes: [
    { types: `${prefix}publicly_leaked`, signal: 'blocking', why: 'everybody can read the secret' },
    { types: '*', signal: 'blocking', why: 'everybody who can read the repository can read the secret' },
  ],
  reads: [
    'action',
    ...['number', 'secret_type', 'state', 'created_at', 'updated_at', 'access_key_id', 'publicly_leaked'].map(
      (key) => `alert.${key}`,
    ),
    'repository.full_name',
  ],

  recognises(document) {
    const { alert, repository } = fields(document);
    return isFields(alert) && !isAbsent(alert.secret_type) && isFields(repository);
  },

  read: (document, context, envelope) => [reading(fields(document), context, envelope)],
};

function reading(event: Fields, context: ReadingContext, envelope: Fields | undefined): Reading {
  const alert = fields(event.alert);
  const { action } = event;
  const { secret_type: secretType, number, state, access_key_id: accessKeyId } = alert;
  if (typeof action !== 'string' || !actions.includes(action))
    return ignored('the alert is closed, or only its text is another');
  if (typeof secretType !== 'string' || !awsTypes.test(secretType)) return ignored('the secret is none of AWS');
  if (!isAbsent(state) && state !== 'open') return ignored('the alert is resolved');
  if (isAbsent(number)) return missing('alert.number');
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) return invalid('alert.number', 'is not a number');
  const repository = fields(event.repository).full_name;
  if (typeof repository !== 'string' || !repositoryName.test(repository))
    return invalid('repository.full_name', 'is not the name of a repository');
  if (!isAbsent(accessKeyId) && !isAccessKeyId(accessKeyId))
    return invalid('alert.access_key_id', 'is not the id of a key');
  const observedAt = firstInstant([alert.updated_at, alert.created_at, envelope?.time]);
  if (!observedAt) return missing('alert.created_at');
  const place = placeOf(envelope, invalid);
  if ('outcome' in place) return place;

  // That everybody can read it by now is news, which a repeat of the alert would not be.
  const id = `${repository}/${number}${alert.publicly_leaked === true ? '/public' : ''}`;
  const type = `${prefix}${alert.publicly_leaked === true ? 'publicly_leaked' : secretType}`;
  const severity = alert.publicly_leaked === true ? 9 : 8;
  return {
    outcome: 'finding',
    finding: {
      source: github.name,
      id,
      type,
      ...context.classOf(type, severity),
      severity,
      ...place,
      observedAt,
      simulated: context.simulated,
      identity: identityOf(isAbsent(accessKeyId) ? undefined : accessKeyId, id),
      credential: isAbsent(accessKeyId) ? {} : { accessKeyId },
      // GitHub tells where a key was found, not that it was used.
      unused: true,
      raw: context.raw(),
    },
  };
}

/** GitHub knows the id of a key at most, and not whose it is. */
function identityOf(accessKeyId: string | undefined, id: string): Identity {
  const key = accessKeyId === undefined ? `unknown/${github.name}/${id}` : `access-key/${accessKeyId}`;
  return { kind: 'unknown', key, aliases: [key] };
}
