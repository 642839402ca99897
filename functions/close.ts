import { scheduleOperations } from '#adapters/scheduler';
import { stepHandler } from '#adapters/step';
import { close } from '#core/steps/close';

export const handler = stepHandler(close, { operations: scheduleOperations });
