import { sha256 } from '#core/digest';
import type { Identity } from '#core/finding';
import { isAccessKeyId, isIamName } from '#core/ids';
import { principal } from '#core/principal';
import { type Fields, fields, isAbsent, isFields } from './fold.ts';
import { identityOfArn } from './identity-of-arn.ts';
import type { Folded } from './source.ts';

/** One identity that an event of AWS Health is about. */
export interface HealthIdentity {
  /** Tells it from the others of the event, and stays the same in each repeat of it. */
  handle: string;
  /** Whether the event names somebody at all. */
  isNamed: boolean;
  /** `unknownKey` is the key of last resort. */
  identityIn(unknownKey: string): Identity;
  accessKeyId?: string;
}

/** What the event says of one of them; nothing of it is believed yet. */
interface Told {
  keyIds: string[];
  names: string[];
  arns: (Identity & { account: string })[];
  word?: string;
}

const ofUser = /^IAM_USER\/([^/]+)(?:\/([^/]+))?$/;
const plainWord = /^[\w.@-]{1,64}$/;
/** What stands for the root user where a user's name is asked for; an IAM user may have the name, so it says nothing. */
const rootName = /^<?root(?:[ _-]account)?>?$/i;
const dealtWith: unknown[] = ['RESOLVED', 'UNIMPAIRED'];

/**
 * Who an event is about: its affected entities, each a key id, an ARN, IAM_USER/NAME/KEY or any word, and the key and
 * user of its metadata, which speak of the entity with that key, or of the only one. One that names nobody gives
 * somebody unknown, because a credential is at risk all the same; `resolved` if AWS Health is done with all of them.
 */
export function healthIdentities(
  part: Fields,
  resources: Folded | undefined,
  account: string,
): HealthIdentity[] | 'resolved' {
  const listed = Array.isArray(part.affectedentities) ? part.affectedentities : [];
  const entities = listed.length === 0 && !isAbsent(part.entityvalue) ? [part] : listed;
  const open = entities.filter((entity) => !isDealtWith(entity));
  if (open.length === 0 && entities.length > 0) return 'resolved';
  const values = open.map((entity) => (isFields(entity) ? entity.entityvalue : entity));
  const told = (values.length > 0 || !Array.isArray(resources) ? values : resources).map(toldBy);
  const hint = hinted(part);
  const joined =
    told.length < 2
      ? [together(told[0] ?? nothing, hint)]
      : told.map((each) => (each.keyIds.some((id) => hint.keyIds.includes(id)) ? together(each, hint) : each));
  const byHandle = new Map<string, Told>();
  for (const each of joined) {
    const handle = handleOf(each, account);
    byHandle.set(handle, together(byHandle.get(handle) ?? nothing, each));
  }
  return [...byHandle].map(([handle, each]) => ({
    handle,
    isNamed: each.keyIds.length + each.names.length + each.arns.length > 0,
    identityIn: (unknownKey) => identityOf(each, account, unknownKey),
    ...(each.keyIds.length === 1 && isAccessKeyId(each.keyIds[0]) && { accessKeyId: each.keyIds[0] }),
  }));
}

const nothing: Told = { keyIds: [], names: [], arns: [] };

const isDealtWith = (entity: Folded): boolean =>
  [fields(entity).status, fields(entity).statuscode].some((status) => dealtWith.includes(status));

function toldBy(value: Folded | undefined): Told {
  if (isAccessKeyId(value)) return { ...nothing, keyIds: [value] };
  const arn = identityOfArn(value);
  if (arn) return { ...nothing, arns: [arn] };
  const [, name, keyId] = (typeof value === 'string' && ofUser.exec(value)) || [];
  if (isIamName(name) && (keyId === undefined || isAccessKeyId(keyId)))
    return { ...nothing, names: namesIn(name), keyIds: keyId === undefined ? [] : [keyId] };
  const isPlain = typeof value === 'string' && plainWord.test(value);
  return { ...nothing, word: isPlain ? value : sha256(JSON.stringify(value ?? null)).slice(0, 16) };
}

/** The key of the metadata, and the name that belongs to it. One body has the key in place of the account. */
function hinted({ eventmetadata, affectedaccount }: Fields): Told {
  const { publickey, username } = fields(eventmetadata);
  const keyIds = [publickey, isAccessKeyId(affectedaccount) ? affectedaccount : null];
  return { ...nothing, keyIds: keyIds.filter((id) => !isAbsent(id)).map(textOf), names: namesIn(username) };
}

/** A number or an object stays the contradiction that it is. */
const textOf = (value: Folded | undefined): string =>
  typeof value === 'string' ? value : `(${JSON.stringify(value ?? null)})`;
const namesIn = (name: Folded | undefined): string[] =>
  isAbsent(name) || (typeof name === 'string' && rootName.test(name)) ? [] : [textOf(name)];

function together(one: Told, other: Told): Told {
  const arns = [...one.arns, ...other.arns];
  const word = one.word ?? other.word;
  return {
    keyIds: [...new Set([...one.keyIds, ...other.keyIds])],
    names: [...new Set([...one.names, ...other.names])],
    arns: arns.filter(({ arn }, at) => arns.findIndex((each) => each.arn === arn) === at),
    ...(word === undefined ? {} : { word }),
  };
}

function handleOf({ keyIds, names, arns, word }: Told, account: string): string {
  const keyId = keyIds.find(isAccessKeyId);
  if (keyId !== undefined) return `access-key/${keyId}`;
  if (arns[0]) return arns[0].key;
  if (isIamName(names[0])) return `user/${account}/${names[0]}`;
  return word === undefined ? account : `${account}/${word}`;
}

/** Two keys, two names, or an ARN of another account or name contradict each other: nobody is named for certain. */
function identityOf({ keyIds, names, arns }: Told, account: string, unknownKey: string): Identity {
  const [keyId, ...otherKeys] = keyIds;
  const [arn, ...otherArns] = arns;
  const [name = arn?.name, ...otherNames] = names;
  const isOne = otherKeys.length + otherArns.length + otherNames.length === 0;
  if (!isOne || (arn && (arn.account !== account || name !== arn.name)) || !isTheirs(arn, keyId)) {
    const certain = keyIds.filter(isAccessKeyId).map((id) => `access-key/${id}`);
    return { kind: 'unknown', key: unknownKey, aliases: [...certain, unknownKey].sort() };
  }
  if (!arn || arn.kind === 'iam-user') {
    const claim = { type: name === undefined ? undefined : 'IAMUser', name, accessKeyId: keyId };
    const identity = principal(claim, account, unknownKey);
    return arn?.arn && identity.kind === 'iam-user' ? { ...identity, arn: arn.arn } : identity;
  }
  const { account: _, ...identity } = arn;
  return keyId === undefined ? identity : { ...identity, aliases: [...identity.aliases, `access-key/${keyId}`].sort() };
}

/** Only users and root have long-term keys. */
const isTheirs = (arn: Identity | undefined, keyId: string | undefined): boolean =>
  keyId === undefined ||
  !arn ||
  arn.kind === 'iam-user' ||
  (isAccessKeyId(keyId) && (arn.kind === 'root' || keyId.startsWith('ASIA')));
