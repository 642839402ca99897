import { stepHandler } from '#adapters/step';
import { assignOwner } from '#core/steps/assign-owner';

export const handler = stepHandler(assignOwner, {});
