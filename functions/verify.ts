import { iamOperations } from '#adapters/iam';
import { secretOperations } from '#adapters/secrets-manager';
import { stepHandler } from '#adapters/step';
import { verify } from '#core/steps/verify';

export const handler = stepHandler(verify, { operations: { ...iamOperations, ...secretOperations } });
