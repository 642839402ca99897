import type { RungResult } from '#core/step-facts';

export const passed = (reason: string): RungResult => ({ result: 'passed', reason });
export const failed = (reason: string): RungResult => ({ result: 'failed', reason });
export const notAvailable = (reason: string): RungResult => ({ result: 'not available', reason });
