import { iamOperations } from '#adapters/iam';
import { stepHandler } from '#adapters/step';
import { revoke } from '#core/steps/revoke';

export const handler = stepHandler(revoke, { operations: iamOperations });
