import type { RotationIntent } from '#core/case';
import { sha256 } from '#core/digest';
import { RetryableError } from '#core/error';
import { listAccessKeys } from '#core/facts/look-up';
import { heldKey, type KeyDocument } from '#core/facts/secret-value';
import { AwsRefusal, type Ports } from '#core/ports';
import type { KeyUse, Rotation } from '#core/step-facts';
import {
  createKey,
  deleteKey,
  dropPending,
  keysListing,
  orphansOf,
  promote,
  testKey,
  usesOf,
} from './access-key-steps.ts';
import type { RotationOrder, Rotator } from './rotator.ts';

/**
 * The access key of an IAM user, held in a secret as JSON `accessKeyId`, `secretAccessKey`; other fields are kept.
 * IAM shows a new key's secret once, so a crash between CreateAccessKey and PutSecretValue leaves a key that nobody
 * can ever use. The keys of before and the time are stored first; on a retry, a key that is neither among them nor in a
 * version, was made at that time and never used is that orphan. Any other is somebody's, who is asked.
 */
export const iamAccessKey: Rotator = {
  name: 'iam-access-key',
  permissions: [
    { action: 'iam:ListAccessKeys', on: 'user' },
    { action: 'iam:GetAccessKeyLastUsed', on: 'listing' },
    { action: 'iam:CreateAccessKey', on: 'managed-user' },
    { action: 'iam:DeleteAccessKey', on: 'managed-user' },
    { action: 'secretsmanager:DescribeSecret', on: 'managed-secret' },
    { action: 'secretsmanager:GetSecretValue', on: 'managed-secret' },
    { action: 'secretsmanager:PutSecretValue', on: 'managed-secret' },
    { action: 'secretsmanager:UpdateSecretVersionStage', on: 'managed-secret' },
  ],

  async rotate(order, ports) {
    const { secret, user, compromised, intent } = order;
    const current = await heldKey(secret.arn, 'AWSCURRENT', ports.aws);
    if (!current?.document) return blocked('its current value is not JSON with accessKeyId and secretAccessKey');
    const currentKey = current.document.accessKeyId;
    if (!(await isOwn(currentKey, order, ports)))
      return blocked(`its current value holds ${currentKey}, which is not a key of ${user.name}`);

    if (!compromised.includes(currentKey)) {
      if (intent) await dropPending(secret.arn, current.versionId, ports);
      const previous = await heldKey(secret.arn, 'AWSPREVIOUS', ports.aws);
      const oldKeyId = intent?.oldKeyId ?? previous?.document?.accessKeyId;
      if (!oldKeyId || !compromised.includes(oldKeyId)) return { outcome: 'not-concerned' };
      const orphansDeleted = intent?.orphans ?? [];
      const done = { oldKeyId, newKeyId: currentKey, newVersion: current.versionId, orphansDeleted };
      return rotated(order, intent ? 'rotated' : 'already-rotated', done, ports);
    }
    // The intent of an earlier rotation says nothing here: the key that it made has become the one to replace.
    const begun = intent?.oldKeyId === currentKey ? intent : undefined;
    const orphans = begun ? await deleteOrphans(order, currentKey, begun, ports) : [];
    const keysBefore = begun?.keysBefore ?? user.keys.map(({ id }) => id);
    const at = [...(begun?.at ?? []), ports.now().toISOString()];
    await ports.keep({ rotation: { [secret.arn]: { oldKeyId: currentKey, keysBefore, at, orphans } } });

    const created = await create(order, current.document, { keysBefore, orphans, isRetry: begun !== undefined }, ports);
    if ('blocked' in created) return created.blocked;
    await testKey(created.document, user.arn, ports);
    const newKeyId = created.document.accessKeyId;
    await promote(secret.arn, created.versionId, current.versionId, newKeyId, ports);
    const done = { oldKeyId: currentKey, newKeyId, newVersion: created.versionId, orphansDeleted: orphans };
    return rotated(order, 'rotated', done, ports);
  },
};

/** The version that a key of ours is put into, so that a second put of it makes no second one. */
const versionFor = (keyId: string): string => sha256(keyId).slice(0, 32);

type Created = { versionId: string; document: KeyDocument };

/** Whether it is a key of this user; one that an attempt of before has made and promoted may not be listed yet. */
async function isOwn(keyId: string, { user, intent }: RotationOrder, ports: Ports): Promise<boolean> {
  const isListed = (keys: { id: string }[]) => keys.some(({ id }) => id === keyId);
  if (isListed(user.keys)) return true;
  return intent && !intent.keysBefore.includes(keyId) ? isListed(await keysListing(keyId, user.name, ports)) : false;
}

/** Deletes the keys that a crashed attempt has left and nobody can ever use. */
async function deleteOrphans(
  { secret, user }: RotationOrder,
  currentKey: string,
  begun: RotationIntent,
  ports: Ports,
): Promise<string[]> {
  const pending = await heldKey(secret.arn, 'AWSPENDING', ports.aws);
  const { keysBefore, at: attempts = [] } = begun;
  const found = await orphansOf(secret.arn, user.name, { keysBefore, attempts }, pending, currentKey, ports);
  const orphans = [...new Set([...begun.orphans, ...found])];
  if (found.length > 0) await ports.keep({ rotation: { [secret.arn]: { ...begun, orphans } } });
  for (const id of found) await deleteKey(id, user.name, ports);
  return orphans;
}

/** A new key under AWSPENDING: the one that an earlier attempt left there, or one made now. */
async function create(
  { secret, user }: RotationOrder,
  current: KeyDocument,
  { keysBefore, orphans, isRetry }: { keysBefore: string[]; orphans: string[]; isRetry: boolean },
  ports: Ports,
): Promise<Created | { blocked: ReturnType<typeof blocked> }> {
  const pending = await heldKey(secret.arn, 'AWSPENDING', ports.aws);
  const made = pending?.document?.accessKeyId;
  // A run that died before has left it: its version tells, whatever became of its intent.
  const isOurs = made !== undefined && pending?.versionId === versionFor(made);
  const mayBeOurs = made !== undefined && made !== current.accessKeyId && (isOurs || !keysBefore.includes(made));
  const listed =
    mayBeOurs && (isRetry || isOurs)
      ? await keysListing(made, user.name, ports)
      : await listAccessKeys(user.name, ports.aws);
  if (pending?.document && mayBeOurs && listed.some(({ id }) => id === made))
    return { versionId: pending.versionId, document: pending.document };
  if (pending && made !== current.accessKeyId)
    return { blocked: blocked('another rotation has left a value under AWSPENDING') };
  const keys = listed.filter(({ id }) => !orphans.includes(id));
  if (keys.length >= 2) {
    const { uses, told } = await usesOf(keys, ports);
    return { blocked: blocked(`${user.name} has two keys of its own and IAM allows no third (${told})`, uses) };
  }
  try {
    return await createKey(secret.arn, user.name, current, versionFor, ports, (id) => ports.keep({ made: [id] }));
  } catch (error) {
    // The orphan of a crash, not listed yet: another attempt sees it and deletes it. In a first attempt it is somebody's.
    if (isRetry && error instanceof AwsRefusal && error.name === 'LimitExceededException')
      throw new RetryableError(`IAM counts a key of ${user.name} that it does not list yet`, { cause: error });
    throw error;
  }
}

const blocked = (reason: string, keys: KeyUse[] = []) => ({ outcome: 'blocked' as const, reason, keys });

const rotated = (
  { secret }: RotationOrder,
  outcome: Rotation['outcome'],
  done: Pick<Rotation, 'oldKeyId' | 'newKeyId' | 'newVersion' | 'orphansDeleted'>,
  ports: Ports,
) => ({
  outcome: 'rotated' as const,
  rotation: { secret: secret.arn, rotator: 'iam-access-key', outcome, ...done, promotedAt: ports.now().toISOString() },
});
