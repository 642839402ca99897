/** Says what is wrong with a value, or null. `at` names the place. */
export type Check = (value: unknown, at: string) => string | null;

export const anything: Check = () => null;
export const text: Check = (value, at) => (typeof value === 'string' && value !== '' ? null : `${at} is not a text`);
export const matching =
  (pattern: RegExp, what: string): Check =>
  (value, at) =>
    typeof value === 'string' && pattern.test(value) ? null : `${at} is not ${what}`;
export const count: Check = (value, at) =>
  Number.isSafeInteger(value) && (value as number) >= 1 ? null : `${at} is not a whole number from 1`;
export const exactly =
  (wanted: unknown): Check =>
  (value, at) =>
    value === wanted ? null : `${at} is not ${JSON.stringify(wanted)}`;

export const listOf =
  (item: Check): Check =>
  (value, at) => {
    if (!Array.isArray(value)) return `${at} is not a list`;
    for (const [index, entry] of value.entries()) {
      const flaw = item(entry, `${at}[${index}]`);
      if (flaw) return flaw;
    }
    return null;
  };

interface Fields {
  [name: string]: Check;
}

/** `others` says whether fields of other names are let through: only where the whole is signed. */
export const object =
  (needed: Fields, optional: Fields = {}, others: 'refused' | 'ignored' = 'refused'): Check =>
  (value, at) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return `${at} is not an object`;
    for (const name of Object.keys(needed)) if (!Object.hasOwn(value, name)) return `${at}.${name} is missing`;
    for (const [name, entry] of Object.entries(value)) {
      const check = Object.hasOwn(needed, name) ? needed[name] : Object.hasOwn(optional, name) ? optional[name] : null;
      if (!check && others === 'refused') return `${at} has the unknown field ${name}`;
      const flaw = check?.(entry, `${at}.${name}`);
      if (flaw) return flaw;
    }
    return null;
  };

export const digest = matching(/^[0-9a-f]{64}$/, 'a SHA-256 in lower-case hex');
export const caseId = matching(/^c-[0-9a-f]{16}$/, 'a case id');
