import type { Case } from '#core/case';
import { heldKey } from '#core/facts/secret-value';
import type { Permission } from '#core/permission';
import { AwsRefusal, type ProofPorts } from '#core/ports';
import type { RungResult } from '#core/step-facts';
import type { Cut } from './cut.ts';
import { failed, notAvailable, passed } from './result.ts';

export const canaryDeniedPermissions: Permission[] = [
  { action: 'secretsmanager:DescribeSecret', on: 'managed-secret' },
  { action: 'secretsmanager:GetSecretValue', on: 'managed-secret' },
];

/**
 * What a dead long-term key is told by STS: unknown, inactive and deleted look alike. SignatureDoesNotMatch would mean
 * that the probe is broken, and AccessDenied cannot come, because GetCallerIdentity needs no permission.
 */
const deadKey = 'InvalidClientTokenId';

/**
 * The rung *canary-denied* of an access key: the old value, which the secret still holds as AWSPREVIOUS, is refused,
 * and the new one is served the same call, so that the refusal is the key's and not the probe's.
 */
export async function canaryDenied({ keyId, target }: Cut, found: Case, ports: ProofPorts): Promise<RungResult> {
  if (!keyId) return notAvailable('the case holds no session of this identity to try');
  const rotation = found.rotations.find(({ oldKeyId, newKeyId }) => oldKeyId === keyId && newKeyId !== keyId);
  if (!rotation) return notAvailable('no secret holds this key, so the case cannot try it');
  const held = await heldKeys(rotation.secret, ports);
  if (!held) return notAvailable('the secret is gone');
  const { previous, current } = held;
  if (previous?.document?.accessKeyId !== keyId || !current?.document)
    return notAvailable('the secret no longer holds the old value');

  const until = ports.now().getTime() + ports.deployment.settings.canaryPatienceSeconds * 1000;
  for (;;) {
    const control = await ports.probe(current.document);
    const old = await ports.probe(previous.document);
    if (!old.served && old.error !== deadKey)
      return failed(`the old key got ${old.error}, which is not how a dead key is refused`);
    if (control.served && 'user' in target && control.arn !== target.user.arn)
      return notAvailable(`what the secret holds by now is no key of ${target.user.arn}, so the call compares nothing`);
    if (!old.served && control.served)
      return passed(
        `sts:GetCallerIdentity refused the old key (${old.error}) and served the new one as ${control.arn}`,
      );
    // The owner of a closed case may have switched off what replaced the key.
    if (found.stage === 'closed' && !old.served) return notAvailable('the new key is refused too by now');
    if (ports.now().getTime() >= until)
      return failed(
        old.served ? 'the old key is still served' : 'the new key is refused too, so the probe proves nothing',
      );
    await ports.wait(1000);
  }
}

/** Null where its owner has deleted the secret, or has it deleted in some days. */
async function heldKeys(secret: string, { aws }: ProofPorts) {
  try {
    const previous = await heldKey(secret, 'AWSPREVIOUS', aws);
    return { previous, current: await heldKey(secret, 'AWSCURRENT', aws) };
  } catch (error) {
    const isGone = error instanceof AwsRefusal && /^(ResourceNotFound|InvalidRequest)Exception$/.test(error.name);
    if (isGone) return null;
    throw error;
  }
}
