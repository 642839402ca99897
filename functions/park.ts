import { stepHandler } from '#adapters/step';
import { park } from '#core/steps/park';

export const handler = stepHandler(park, {});
