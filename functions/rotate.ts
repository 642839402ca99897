import { iamOperations } from '#adapters/iam';
import { secretOperations } from '#adapters/secrets-manager';
import { stepHandler } from '#adapters/step';
import { rotate } from '#core/steps/rotate';

export const handler = stepHandler(rotate, { operations: { ...iamOperations, ...secretOperations } });
