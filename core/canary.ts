import type { Case, RungResult } from '#core/case';
import type { Permission } from '#core/permission';
import type { Ports } from '#core/ports';
import { heldKey } from '#core/secret-value';

export const canaryPermissions: Permission[] = [
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
export async function canary(keyId: string, found: Case, ports: Ports): Promise<RungResult> {
  const rotation = found.facts.rotate?.rotations.find(
    ({ oldKeyId, newKeyId }) => oldKeyId === keyId && newKeyId !== keyId,
  );
  if (!rotation) return { result: 'not available', reason: 'no secret holds this key, so the case cannot try it' };
  const previous = await heldKey(rotation.secret, 'AWSPREVIOUS', ports.aws);
  const current = await heldKey(rotation.secret, 'AWSCURRENT', ports.aws);
  if (previous?.document?.accessKeyId !== keyId || !current?.document)
    return { result: 'not available', reason: 'the secret no longer holds the old value' };

  const until = ports.now().getTime() + ports.deployment.settings.canaryPatienceSeconds * 1000;
  for (;;) {
    const control = await ports.probe(current.document);
    const old = await ports.probe(previous.document);
    if (!old.served && old.error !== deadKey)
      return { result: 'failed', reason: `the old key got ${old.error}, which is not how a dead key is refused` };
    if (!old.served && control.served)
      return {
        result: 'passed',
        reason: `sts:GetCallerIdentity refused the old key (${old.error}) and served the new one as ${control.arn}`,
      };
    if (ports.now().getTime() >= until)
      return {
        result: 'failed',
        reason: old.served ? 'the old key is still served' : 'the new key is refused too, so the probe proves nothing',
      };
    await ports.wait(1000);
  }
}
