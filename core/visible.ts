/**
 * Characters that move a cursor, change the direction of text or show nothing: control characters, soft hyphen, marks
 * and overrides of direction (Trojan Source, CVE-2021-42574), line separators, tags, lone surrogates. Listed by number
 * and not by Unicode category, so that every Node version gives the same report.
 */
const hidden =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\u{e0000}-\u{e007f}]/gu;

const escaped = (character: string) =>
  character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');

/** The text with every hidden character written as `\uXXXX`: safe for a terminal, and still the same JSON inside a JSON string. */
export const visible = (text: string): string => text.replace(hidden, escaped);
