import * as v from 'valibot';
import { RescindError } from '#core/error';
import { parseAnswer, tags } from '#core/facts/answer';
import {
  listAccessKeys,
  lookUpSecrets,
  lookUpSecretsPermissions,
  lookUpUser,
  lookUpUserPermissions,
} from '#core/facts/look-up';
import { type HeldKey, heldKey, type KeyDocument, keyDocumentOf } from '#core/facts/secret-value';
import type { Permission } from '#core/permission';
import { AwsRefusal } from '#core/ports';
import type { Register } from '#core/register';
import { iamAccessKey } from '#core/rotators';
import type { UserFacts } from '#core/step-facts';
import { createKey, deleteKey, keysListing, orphansOf, promote, testKey, usesOf } from './access-key-steps.ts';
import type { RotationPorts } from './rotator.ts';

export const scheduledRotationPermissions: Permission[] = [
  ...lookUpUserPermissions,
  ...lookUpSecretsPermissions,
  ...iamAccessKey.permissions,
  { action: 'dynamodb:GetItem', on: 'register' },
  { action: 'dynamodb:PutItem', on: 'register' },
];

/** What a rotation had begun, by secret and version: stored before CreateAccessKey, so that a retry knows its orphan. */
export interface BegunRotation {
  keysBefore: string[];
  at: string;
  /** IAM has refused to make a key, so that none can be left behind. */
  refused?: boolean;
}
export interface BegunRotations {
  read(secretArn: string, version: string): Promise<BegunRotation | null>;
  keep(secretArn: string, version: string, begun: BegunRotation): Promise<void>;
}

export interface RotationAround {
  ports: RotationPorts;
  begun: BegunRotations;
  stopSwitch: Register['stopSwitch'];
}

/** Secrets Manager User Guide, "Rotation by Lambda function"; the token is the id of the version that it has begun. */
const rotationEvent = v.object({
  Step: v.picklist(['createSecret', 'setSecret', 'testSecret', 'finishSecret']),
  SecretId: v.pipe(v.string(), v.regex(/^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]{1,520}$/)),
  ClientRequestToken: v.pipe(v.string(), v.regex(/^[\w-]{32,64}$/)),
});
const describeAnswer = v.object({
  ARN: v.string(),
  RotationEnabled: v.optional(v.boolean(), false),
  Tags: tags,
  VersionIdsToStages: v.optional(v.record(v.string(), v.array(v.string())), {}),
});
const valueAnswer = v.object({ SecretString: v.optional(v.string()) });

interface Order {
  arn: string;
  version: string;
  user: UserFacts;
  current: HeldKey & { document: KeyDocument };
}

/**
 * One step of a rotation that Secrets Manager drives: the key of a user in a managed secret, replaced by a new one. The
 * old key stays active, so that applications which still hold it go on; taking it away is its owner's, and until then
 * IAM allows no further rotation. No key is deleted but the orphan of a crash.
 */
export async function rotateBySchedule(event: unknown, around: RotationAround): Promise<'done' | 'already-current'> {
  const parsed = v.safeParse(rotationEvent, event);
  if (!parsed.success)
    throw refused(
      'the event',
      'is not one of Secrets Manager: name this function as the rotation function of a secret',
    );
  const { Step: step, SecretId: arn, ClientRequestToken: version } = parsed.output;
  const { ports } = around;
  const answer = await ports.aws('secretsmanager:DescribeSecret', { SecretId: arn });
  const secret = parseAnswer('secretsmanager:DescribeSecret', describeAnswer, answer);
  if (!secret.RotationEnabled) throw refused(arn, 'rotation is not enabled for it: enable it, or send no events');
  const labels = secret.VersionIdsToStages[version];
  if (!labels) throw refused(arn, `it has no version ${version}: start the rotation in Secrets Manager`);
  if (labels.includes('AWSCURRENT')) return 'already-current';
  if (!labels.includes('AWSPENDING')) throw refused(arn, `its version ${version} is not labelled AWSPENDING`);

  const { settings } = ports.deployment;
  const name = secret.Tags[settings.tags.user];
  if (secret.Tags[settings.tags.managed] !== 'managed' || !name)
    throw refused(arn, `it is not tagged ${settings.tags.managed}=managed and ${settings.tags.user}=NAME`);
  const user = await lookUpUser(name, ports.aws);
  if (user?.tags[settings.tags.managed] !== 'managed')
    throw refused(arn, `there is no user ${name} tagged ${settings.tags.managed}=managed`);
  const current = await heldKey(arn, 'AWSCURRENT', ports.aws);
  if (!current?.document) throw refused(arn, 'its current value is not JSON with accessKeyId and secretAccessKey');
  const order = { arn, version, user, current: { ...current, document: current.document } };
  await steps[step](order, around);
  return 'done';
}

const steps = {
  async createSecret({ arn, version, user, current }: Order, { ports, begun, stopSwitch }: RotationAround) {
    const { mode } = ports.deployment.settings;
    if (mode !== 'enforce') throw refused(arn, `the mode is ${mode}, and only enforce rotates`);
    if ((await stopSwitch())?.stopped) throw refused(arn, 'an operator has stopped every change');
    const currentKey = current.document.accessKeyId;
    const status = user.keys.find(({ id }) => id === currentKey)?.status;
    if (!status) throw refused(arn, `its current value holds ${currentKey}, which is not a key of ${user.name}`);
    // A case, or a person, has cut it: a schedule does not bring access back.
    if (status !== 'Active') throw refused(arn, `its current key ${currentKey} is ${status}: see its case`);

    const pending = await pendingText(arn, version, ports);
    const made = pending && keyDocumentOf(pending)?.accessKeyId;
    const isListed = async (id: string) => (await keysListing(id, user.name, ports)).some((key) => key.id === id);
    if (made && made !== currentKey && (await isListed(made))) return;
    if (pending !== null) throw refused(arn, `its version ${version} holds a value that is no new key of ${user.name}`);

    const before = await begun.read(arn, version);
    const orphans = before && !before.refused ? await deleteOrphans(arn, user, currentKey, before, ports) : [];
    const listed = before ? await listAccessKeys(user.name, ports.aws) : user.keys;
    const keys = listed.filter(({ id }) => !orphans.includes(id));
    if (keys.length >= 2) {
      const { told } = await usesOf(keys, ports);
      const ask = 'its owner deletes the one that nobody uses, then the rotation can be tried again';
      throw refused(arn, `${user.name} has two keys and IAM allows no third (${told}): ${ask}`);
    }
    const intent = { keysBefore: keys.map(({ id }) => id), at: ports.now().toISOString() };
    await begun.keep(arn, version, intent);
    try {
      await createKey(arn, user.name, current.document, () => version, ports);
    } catch (error) {
      if (error instanceof AwsRefusal && error.operation === 'iam:CreateAccessKey')
        await begun.keep(arn, version, { ...intent, refused: true });
      throw error;
    }
  },

  /** IAM has made the key already; what is left is that old and new value are the same user's, as the guide asks. */
  async setSecret(order: Order, { ports }: RotationAround) {
    const { accessKeyId } = await newKeyOf(order, ports);
    // Asked for by the new one: it was made a moment ago, and may not be listed yet.
    const keys = await keysListing(accessKeyId, order.user.name, ports);
    const own = [accessKeyId, order.current.document.accessKeyId];
    if (!own.every((key) => keys.some(({ id }) => id === key)))
      throw refused(order.arn, `old and new value do not both hold a key of ${order.user.name}`);
  },

  async testSecret(order: Order, { ports }: RotationAround) {
    await testKey(await newKeyOf(order, ports), order.user.arn, ports);
  },

  async finishSecret(order: Order, { ports }: RotationAround) {
    const { accessKeyId } = await newKeyOf(order, ports);
    await promote(order.arn, order.version, order.current.versionId, accessKeyId, ports);
  },
};

async function newKeyOf({ arn, version }: Order, ports: RotationPorts): Promise<KeyDocument> {
  const document = keyDocumentOf((await pendingText(arn, version, ports)) ?? undefined);
  if (!document) throw refused(arn, `its version ${version} holds no new key yet: run createSecret first`);
  return document;
}

/** The text of the version that is begun, or null: Secrets Manager begins with a version that has no value. */
async function pendingText(arn: string, version: string, ports: RotationPorts): Promise<string | null> {
  try {
    const asked = { SecretId: arn, VersionId: version, VersionStage: 'AWSPENDING' };
    const answer = await ports.aws('secretsmanager:GetSecretValue', asked);
    return parseAnswer('secretsmanager:GetSecretValue', valueAnswer, answer).SecretString ?? null;
  } catch (error) {
    if (error instanceof AwsRefusal && error.name === 'ResourceNotFoundException') return null;
    throw error;
  }
}

async function deleteOrphans(
  arn: string,
  user: UserFacts,
  currentKey: string,
  { keysBefore, at }: BegunRotation,
  ports: RotationPorts,
): Promise<string[]> {
  const deleted: string[] = [];
  // Another secret of this user may rotate at the same time, and hold what looks like ours.
  const linked = await lookUpSecrets(user.name, ports.deployment.settings.tags.user, ports.aws);
  if (linked.some((secret) => secret.arn !== arn)) return deleted;
  for (const id of await orphansOf(arn, user.name, { keysBefore, attempts: [at] }, null, currentKey, ports)) {
    await deleteKey(id, user.name, ports);
    deleted.push(id);
  }
  return deleted;
}

const refused = (about: string, reason: string) => new RescindError('ROTATION_REFUSED', `${about}: ${reason}`);
