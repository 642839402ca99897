import { cedarDecide } from '#adapters/cedar';
import { iamOperations } from '#adapters/iam';
import { secretOperations } from '#adapters/secrets-manager';
import { stepHandler } from '#adapters/step';
import { triage } from '#core/steps/triage';

export const handler = stepHandler(triage, {
  operations: { ...iamOperations, ...secretOperations },
  policy: cedarDecide,
});
