import type { Reading, RejectionCode } from '#core/finding';

/** How a source says that an event is not ours, or that nobody may act on it; `remedy` is what whoever handed it over can do. */
export function refuse(remedy: string) {
  const rejected = (code: RejectionCode, problem: string): Reading => ({
    outcome: 'rejected',
    code,
    message: `${problem}: ${remedy}`,
  });
  return {
    ignored: (reason: string): Reading => ({ outcome: 'ignored', reason }),
    missing: (field: string): Reading => rejected('FIELD_MISSING', `${field} is missing`),
    invalid: (field: string, what: string): Reading => rejected('FIELD_INVALID', `${field} ${what}`),
    rejected,
  };
}

/** What an event is instead, told only where its name is plain: the text of a stranger stays out of our messages. */
export const thisIs = (name: unknown): string =>
  typeof name === 'string' && /^[A-Za-z0-9]{1,64}$/.test(name) ? ` (this is ${name})` : '';
