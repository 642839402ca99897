import * as v from 'valibot';
import { RetryableError } from '#core/error';
import { parseAnswer } from '#core/facts/answer';
import { listAccessKeys } from '#core/facts/look-up';
import { type HeldKey, heldKey, type KeyDocument, type Label, versionOf } from '#core/facts/secret-value';
import { AwsRefusal } from '#core/ports';
import type { KeyUse, UserFacts } from '#core/step-facts';
import type { RotationPorts } from './rotator.ts';

/*
 * The steps that replace an access key in a secret, for both who drive them: a case, and Secrets Manager by its events
 * (Secrets Manager User Guide, "Rotation by Lambda function").
 */

const createAnswer = v.object({ AccessKey: v.object({ AccessKeyId: v.string(), SecretAccessKey: v.string() }) });
const lastUsedAnswer = v.object({
  AccessKeyLastUsed: v.object({ LastUsedDate: v.optional(v.union([v.date(), v.string()])) }),
});

/** A new key of the user under AWSPENDING, the other fields of the secret kept. IAM shows its value this once. */
export async function createKey(
  secretArn: string,
  user: string,
  current: KeyDocument,
  /** Of the version that will hold it. */
  versionFor: (keyId: string) => string,
  ports: RotationPorts,
  /** Told of its id before anything else is done with it. */
  made: (keyId: string) => Promise<void> = async () => undefined,
): Promise<{ versionId: string; document: KeyDocument }> {
  const answer = await ports.aws('iam:CreateAccessKey', { UserName: user });
  const { AccessKey } = parseAnswer('iam:CreateAccessKey', createAnswer, answer);
  await made(AccessKey.AccessKeyId);
  const document = { ...current, accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey };
  const versionId = versionFor(AccessKey.AccessKeyId);
  await ports.aws('secretsmanager:PutSecretValue', {
    SecretId: secretArn,
    ClientRequestToken: versionId,
    SecretString: JSON.stringify(document),
    VersionStages: ['AWSPENDING'],
  });
  return { versionId, document };
}

/** A new key is refused for some seconds until IAM has spread it, so the test waits; it must be served as this user. */
export async function testKey(document: KeyDocument, userArn: string, ports: RotationPorts): Promise<void> {
  const until = ports.now().getTime() + ports.deployment.settings.newKeyPatienceSeconds * 1000;
  for (;;) {
    const answer = await ports.probe(document);
    if (answer.served && answer.arn === userArn) return;
    if (answer.served || ports.now().getTime() >= until)
      throw new RetryableError(
        answer.served
          ? `the new key ${document.accessKeyId} is served as ${answer.arn}`
          : `the new key ${document.accessKeyId} is still refused: ${answer.error}`,
      );
    await ports.wait(500);
  }
}

/** Moves AWSCURRENT, takes AWSPENDING away (it would block the next rotation), and compares values, not version ids. */
export async function promote(
  secretArn: string,
  to: string,
  from: string,
  newKeyId: string,
  ports: RotationPorts,
): Promise<void> {
  await moveLabel(secretArn, 'AWSCURRENT', { to, from }, ports);
  await dropPending(secretArn, to, ports);
  const now = await heldKey(secretArn, 'AWSCURRENT', ports.aws);
  if (now?.document?.accessKeyId !== newKeyId)
    throw new RetryableError(`${secretArn} does not hold the new key ${newKeyId} after its promotion`);
}

/** Takes AWSPENDING from the version, if it is there. */
export async function dropPending(secretArn: string, versionId: string, ports: RotationPorts): Promise<void> {
  const pending = await heldKey(secretArn, 'AWSPENDING', ports.aws);
  if (pending?.versionId !== versionId) return;
  await moveLabel(secretArn, 'AWSPENDING', { from: versionId }, ports);
}

/** The SDK asks again where an answer was lost; Secrets Manager refuses then, because the label stands where it should. */
async function moveLabel(
  secretArn: string,
  label: Label,
  { to, from }: { to?: string; from: string },
  ports: RotationPorts,
): Promise<void> {
  const move = { ...(to && { MoveToVersionId: to }), RemoveFromVersionId: from };
  try {
    await ports.aws('secretsmanager:UpdateSecretVersionStage', { SecretId: secretArn, VersionStage: label, ...move });
  } catch (error) {
    if (!(error instanceof AwsRefusal) || (await versionOf(secretArn, label, ports.aws)) !== (to ?? null)) throw error;
  }
}

/**
 * The user's keys that a crash between CreateAccessKey and PutSecretValue has left: neither of before nor in a version of
 * the secret, made when an attempt was about to make one, and never used. Every version that has a label is looked into,
 * because a key that somebody holds is not an orphan, whoever made it.
 */
export async function orphansOf(
  secretArn: string,
  user: string,
  { keysBefore, attempts }: { keysBefore: string[]; attempts: string[] },
  /** What stands under AWSPENDING. */
  pending: HeldKey | null,
  currentKey: string,
  ports: RotationPorts,
): Promise<string[]> {
  const previous = await heldKey(secretArn, 'AWSPREVIOUS', ports.aws);
  const held = [currentKey, pending?.document?.accessKeyId, previous?.document?.accessKeyId];
  const keys = await listAccessKeys(user, ports.aws);
  const left = keys
    .filter(({ id }) => !keysBefore.includes(id) && !held.includes(id))
    .filter((key) => attempts.some((at) => isMadeAbout(at, key)));

  const unused = await Promise.all(left.map((key) => isUnused(key, ports)));
  return left.flatMap(({ id }, index) => (unused[index] ? [id] : []));
}

/** Not where IAM will not say. */
async function isUnused(key: UserFacts['keys'][number], ports: RotationPorts): Promise<boolean> {
  try {
    return (await useOf(key, ports)).lastUsed === null;
  } catch (error) {
    if (error instanceof AwsRefusal) return false;
    throw error;
  }
}

/** A key that IAM made within this of an attempt can be that of its crash; any other is somebody's. */
const orphanSeconds = { before: 10, after: 120 };

function isMadeAbout(at: string, { createdAt }: UserFacts['keys'][number]): boolean {
  if (createdAt === null) return false;
  const since = Date.parse(createdAt) - Date.parse(at);
  return since >= -orphanSeconds.before * 1000 && since <= orphanSeconds.after * 1000;
}

/**
 * The user's keys once this one is among them; as they are where it never is. IAM may list a key some seconds after it
 * has made it (IAM User Guide, "Changes that I make are not always immediately visible"): it must not be taken for gone.
 */
export async function keysListing(keyId: string, user: string, ports: RotationPorts): Promise<UserFacts['keys']> {
  const until = ports.now().getTime() + ports.deployment.settings.newKeyPatienceSeconds * 1000;
  for (;;) {
    const keys = await listAccessKeys(user, ports.aws);
    if (keys.some(({ id }) => id === keyId) || ports.now().getTime() >= until) return keys;
    await ports.wait(1000);
  }
}

/** A list may also show for some seconds what an earlier attempt has deleted. */
export async function deleteKey(keyId: string, user: string, ports: RotationPorts): Promise<void> {
  try {
    await ports.aws('iam:DeleteAccessKey', { UserName: user, AccessKeyId: keyId });
  } catch (error) {
    if (!(error instanceof AwsRefusal) || error.name !== 'NoSuchEntityException') throw error;
  }
}

/** What the owner needs to choose between the two keys that IAM allows. */
export async function usesOf(keys: UserFacts['keys'], ports: RotationPorts): Promise<{ uses: KeyUse[]; told: string }> {
  const uses = await Promise.all(keys.map((key) => useOf(key, ports)));
  const told = uses.map(({ id, status, lastUsed }) => `${id} ${status}, last used ${lastUsed ?? 'never seen'}`);
  return { uses, told: told.join('; ') };
}

async function useOf({ id, status }: { id: string; status: string }, ports: RotationPorts): Promise<KeyUse> {
  const answer = await ports.aws('iam:GetAccessKeyLastUsed', { AccessKeyId: id });
  const used = parseAnswer('iam:GetAccessKeyLastUsed', lastUsedAnswer, answer).AccessKeyLastUsed.LastUsedDate;
  return {
    id,
    status,
    lastUsed: used && !Number.isNaN(Date.parse(String(used))) ? new Date(used).toISOString() : null,
  };
}
