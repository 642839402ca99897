import { type FailureClass, refuse } from './failure.ts';

const deepest = 64;

/**
 * JSON that every parser reads alike: valid UTF-8 without a byte order mark, no duplicate key, no lone surrogate,
 * every number in the spelling that ECMAScript prints (so none that a double cannot hold).
 */
export function strictJson(bytes: Uint8Array, kind: FailureClass, where: string): unknown {
  const no = (why: string) => refuse(kind, where, why);
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return no('is not UTF-8');
  }
  try {
    value = JSON.parse(text);
  } catch {
    return no('is not JSON');
  }
  const flaw = ambiguity(text);
  return flaw ? no(flaw) : value;
}

/** Walks a text that JSON.parse has accepted, so the grammar is known to hold. */
function ambiguity(text: string): string | null {
  const open: (Set<string> | null)[] = [];
  let keyNext = false;
  for (let at = 0; at < text.length; ) {
    const char = text[at] as string;
    if (char === '"') {
      const end = endOfString(text, at);
      const token = text.slice(at, end);
      if (keyNext || token.includes('\\u')) {
        const string: string = JSON.parse(token);
        if (!string.isWellFormed()) return 'holds a lone surrogate';
        const keys = open.at(-1);
        if (keyNext && keys?.has(string)) return `has the key ${token} twice in one object`;
        if (keyNext) keys?.add(string);
      }
      at = end;
    } else if (/[-\d]/.test(char)) {
      const token = text.slice(at).match(/^[-+.eE\d]+/)?.[0] as string;
      if (String(Number(token)) !== token) return `has a number that parsers may read differently: ${token}`;
      at += token.length;
    } else {
      if (char === '{' || char === '[') open.push(char === '{' ? new Set() : null);
      if (char === '}' || char === ']') open.pop();
      if (open.length > deepest) return `is nested deeper than ${deepest}`;
      if ('{}[]:,'.includes(char)) keyNext = char === '{' || (char === ',' && open.at(-1) instanceof Set);
      at += 1;
    }
  }
  return null;
}

function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); ; quote = text.indexOf('"', quote + 1)) {
    let slashes = 0;
    while (text[quote - 1 - slashes] === '\\') slashes += 1;
    if (slashes % 2 === 0) return quote + 1;
  }
}
