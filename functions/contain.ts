import { cedarDecide } from '#adapters/cedar';
import { iamOperations } from '#adapters/iam';
import { stepHandler } from '#adapters/step';
import { contain } from '#core/steps/contain';

export const handler = stepHandler(contain, { operations: iamOperations, policy: cedarDecide });
