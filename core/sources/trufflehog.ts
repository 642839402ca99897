import { sha256 } from '#core/digest';
import type { Identity, Reading } from '#core/finding';
import { isAccessKeyId, isAccountId } from '#core/ids';
import { firstInstant } from '#core/instant';
import { principal } from '#core/principal';
import { type Fields, fields, isAbsent } from './fold.ts';
import { identityOfArn } from './identity-of-arn.ts';
import { placeOf } from './place.ts';
import { refuse, thisIs } from './refuse.ts';
import type { Folded, ReadingContext, Source } from './source.ts';
import { placeIn } from './trufflehog-place.ts';

const prefix = 'TruffleHog:';
/** Its detectors of keys and of sessions (pkg/detectors/aws); the others are for secrets of other kinds. */
const detectors = ['AWS', 'AWSSessionKey'];
/** What they look for: the prefixes of IAM User Guide, "IAM identifiers", those of bearer tokens (ABIA, ACCA) among them. */
const credentialId = /^A(?:KIA|SIA|BIA|CCA)[A-Z0-9]{12,124}$/;

const { ignored, missing, invalid, rejected } = refuse('hand over the line as TruffleHog prints it with --json');

/** On GuardDuty's scale: TruffleHog rates nothing. */
const severities = { verified: 8, unknown: 6, unverified: 3 };
type State = keyof typeof severities;

/**
 * TruffleHog, by lines of its JSON output (pkg/output/json.go) that a person hands over. `Verified` means that STS has
 * answered GetCallerIdentity by the key; only then account, ARN and id of the user are AWS's word, else the account is
 * worked out from the id of the key. Raw, RawV2 and SecretParts hold the secret: only ids are looked for in Raw.
 */
export const trufflehog: Source = {
  name: 'trufflehog',
  comesBy: 'hand',
  needs: [],
  patterns: [{ source: ['rescind.received.trufflehog'], 'detail-type': ['TruffleHog Result'] }],
  classes: [
    {
      types: `${prefix}verified`,
      signal: 'blocking',
      why: 'AWS has served the key: whoever can read the place where it was found can use it',
    },
    { types: `${prefix}unknown`, signal: 'blocking', why: 'TruffleHog could not find out whether the key works' },
    { types: '*', signal: 'advisory', why: 'TruffleHog has not seen the key work' },
  ],
  reads: [
    ...['detectorname', 'verified', 'verificationerror', 'raw', 'redacted', 'sourcemetadata'],
    ...['account', 'arn', 'user_id', 'is_canary'].map((key) => `extradata.${key}`),
  ],

  recognises(document) {
    const { detectorname, verified } = fields(document);
    return typeof detectorname === 'string' && !isAbsent(verified);
  },

  read: (document, context, envelope) => [reading(fields(document), context, envelope)],

  passesOn(document) {
    const { detectorname, verified, verificationerror, ...result } = fields(document);
    const { ids, account, arn, userId, place } = toldIn(result);
    const { kind, ...where } = place ?? { kind: '' };
    return {
      DetectorName: detectorname,
      Verified: verified,
      ...(!isAbsent(verificationerror) && { VerificationError: true }),
      Redacted: ids[0],
      ExtraData: {
        ...(isAccountId(account) && { account }),
        ...(identityOfArn(arn) && { arn }),
        ...(userId !== undefined && { user_id: userId }),
      },
      ...(place && { SourceMetadata: { Data: { [kind]: where } } }),
    };
  },
};

/** All of a line that is read or passed on beside its state: no text in which a secret of the line stands is among it. */
function toldIn({ redacted, raw, rawv2, secretparts, extradata, sourcemetadata }: Fields) {
  // In Redacted, and in Raw; older versions have the latter in base64.
  const ids = [redacted, raw].filter((text) => typeof text === 'string').filter((text) => credentialId.test(text));
  const secrets = secretsIn([raw, rawv2, ...Object.values(fields(secretparts))], ids);
  const { account, arn, user_id } = fields(extradata);
  const clear = (text: Folded | undefined) =>
    typeof text === 'string' && !secrets.some((secret) => text.includes(secret)) ? text : undefined;
  const userId = clear(user_id) ?? noId;
  return {
    ids: [...new Set(ids)],
    account,
    arn: clear(arn),
    userId: isAbsent(user_id) ? undefined : callerId.test(userId) ? userId : noId,
    place: placeIn(sourcemetadata, secrets),
  };
}

/** The UserId of GetCallerIdentity has these characters (STS API Reference); what it is of, `principal` knows. */
const callerId = /^[\w+=,.@:-]{1,256}$/;
/** What contradicts every ARN, as a text must that is no such id. */
const noId = '-';

/** Whatever stands beside the id in RawV2 (`ID:SECRET:TOKEN`, or without colons), and each of the SecretParts. */
function secretsIn(raws: (Folded | undefined)[], ids: string[]): string[] {
  return raws
    .filter((text) => typeof text === 'string')
    .flatMap((text) => ids.reduce((parts, id) => parts.flatMap((part) => part.split(id)), [text]))
    .flatMap((text) => [text, ...text.split(':')])
    .filter((part) => part.length >= 8);
}

function reading(result: Fields, context: ReadingContext, envelope: Fields | undefined): Reading {
  const { detectorname, verified, verificationerror, extradata } = result;
  const { ids, account, arn, userId, place } = toldIn(result);
  if (typeof detectorname !== 'string' || !detectors.includes(detectorname))
    return ignored(`the secret is no key and no session of AWS${thisIs(detectorname)}`);
  if (fields(extradata).is_canary === 'true')
    return ignored('a canary token of somebody else, which is there to be found');
  if (typeof verified !== 'boolean') return invalid('Verified', 'is neither true nor false');
  const [id, other] = ids;
  if (id === undefined) return missing('Redacted, the id of the key,');
  if (other !== undefined) return rejected('AMBIGUOUS', 'Redacted and Raw hold the ids of two keys');
  if (!isAccessKeyId(id)) return ignored('the credential is neither a key nor a session');
  if (!isAbsent(account) && !isAccountId(account)) return invalid('ExtraData.account', 'is not a text of 12 digits');
  const arrived = placeOf(envelope, invalid);
  if ('outcome' in arrived) return arrived;
  const observedAt = firstInstant([envelope?.time, context.receivedAt]);
  if (!observedAt) return missing('time');

  const state: State = verified ? 'verified' : isAbsent(verificationerror) ? 'unverified' : 'unknown';
  // The same key in another place is news, and so is that it works by now.
  const findingId = `${id}/${sha256(JSON.stringify(place)).slice(0, 16)}/${state}`;
  const owner = verified ? ownerIn({ arn, userId, id }, `unknown/${trufflehog.name}/${findingId}`) : null;
  if (owner && !isAbsent(account) && account !== owner.account)
    return rejected('ACCOUNT_CLASH', 'ExtraData.account is another one than that of the ARN');
  return {
    outcome: 'finding',
    finding: {
      source: trufflehog.name,
      id: findingId,
      type: `${prefix}${state}`,
      ...context.classOf(`${prefix}${state}`, severities[state]),
      severity: severities[state],
      account: owner?.account ?? (isAbsent(account) ? arrived.account : account),
      region: arrived.region,
      observedAt,
      simulated: context.simulated,
      identity: owner?.identity ?? keyAlone(id),
      credential: { accessKeyId: id },
      // Who scans has tried the key, if anybody: that a stranger has used it is not told.
      unused: true,
      raw: context.raw(),
    },
  };
}

const keyAlone = (id: string): Identity => {
  const key = `access-key/${id}`;
  return { kind: 'unknown', key, aliases: [key] };
};

/** CloudTrail's words for what GetCallerIdentity answers (STS API Reference). */
const types: Record<string, string> = {
  'iam-user': 'IAMUser',
  'role-session': 'AssumedRole',
  'federated-user': 'FederatedUser',
  root: 'Root',
};

/** Whom AWS has served by the key; null where it does not say, or says what this version does not know. */
function ownerIn(
  { arn, userId, id }: { arn: string | undefined; userId: string | undefined; id: string },
  unknownKey: string,
): { account: string; identity: Identity } | null {
  const named = identityOfArn(arn);
  if (!named) return null;
  const { account, kind, name, session } = named;
  const claim = { type: types[kind], principalId: userId, name, accessKeyId: id };
  const identity = principal(claim, account, unknownKey);
  const aliases = [unknownKey, ...keyAlone(id).aliases].toSorted();
  if (identity.session !== undefined && identity.session !== session)
    return { account, identity: { kind: 'unknown', key: unknownKey, aliases } };
  if (identity.kind === 'unknown') return { account, identity };
  return { account, identity: { ...identity, ...(arn && { arn }), ...(session && { session }) } };
}
