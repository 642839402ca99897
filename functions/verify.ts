import { proofOperations } from '#adapters/iam-proof';
import { secretOperations } from '#adapters/secrets-manager';
import { stepHandler } from '#adapters/step';
import { trailBucket } from '#adapters/trail';
import { verify } from '#core/steps/verify';

export const handler = stepHandler(verify, {
  operations: { ...proofOperations, ...secretOperations },
  trail: trailBucket,
});
