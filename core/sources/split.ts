/** The exact text of one event and its place in the file. */
export interface Slice {
  index: number;
  text: string;
  /** The line on which it begins, from 1. */
  line: number;
}

/** What the Get and List calls of AWS put around their findings, and CloudTrail around the records of a log file. */
const lists = new Set(['findings', 'records']);
const besideLists = new Set([...lists, 'nexttoken', 'responsemetadata']);
/** Arrays in arrays are opened this far; what nests deeper is no list of events. */
const deepest = 8;

/**
 * The events of a file, cut out of its text and not written again, because each is hashed as received. One document
 * is the whole text; an array, GetFindings output or a CloudTrail log file gives its elements; else, if any line is a document of its own,
 * the lines are the events (a broken one included, so that it is rejected by itself).
 */
export function split(text: string): Slice[] {
  let [line, counted, end] = [1, 0, 0];
  return cut(text).map((event, index) => {
    const start = text.indexOf(event, end);
    for (; counted < start; counted += 1) if (text[counted] === '\n') line += 1;
    end = start + event.length;
    return { index, text: event, line };
  });
}

function cut(text: string): string[] {
  if (isJson(text)) return open(text, 0);
  const lines = text
    .split(/\r?\n/)
    .map(trimmed)
    .filter((line) => line !== '');
  const isLines = lines.length > 1 && lines.some((line) => /^[{[]/.test(line) && isJson(line));
  return isLines ? lines.flatMap((line) => (isJson(line) ? open(line, 0) : [line])) : [text];
}

/** The events of one valid document. */
function open(text: string, depth: number): string[] {
  const content = trimmed(text);
  if (depth >= deepest || !/^[{[]/.test(content)) return [text];
  const parts = members(content);
  if (content.startsWith('[')) return parts.flatMap((part) => open(part.text, depth + 1));
  const keys = parts.map((part) => part.key.toLowerCase());
  const listed = parts.filter((part, at) => lists.has(keys[at] ?? '') && part.text.startsWith('['));
  const isListing = listed.length > 0 && keys.every((key) => besideLists.has(key));
  return isListing ? listed.flatMap((part) => open(part.text, depth + 1)) : [text];
}

/** The parts of a valid JSON array or object, by their own text. */
function members(text: string): { key: string; text: string }[] {
  const parts: { key: string; text: string }[] = [];
  let depth = 0;
  let start = 1;
  let key = '';
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '"') at = endOfString(text, at);
    else if (sign === '{' || sign === '[') depth += 1;
    else if (sign === ':' && depth === 1) {
      key = JSON.parse(text.slice(start, at));
      start = at + 1;
    } else if ((sign === ',' && depth === 1) || sign === '}' || sign === ']') {
      if (sign !== ',') depth -= 1;
      if (sign !== ',' && depth > 0) continue;
      const part = trimmed(text.slice(start, at));
      if (part !== '') parts.push({ key, text: part });
      start = at + 1;
    }
  }
  return parts;
}

/** The place of the closing quote of the string that opens at `start`, in valid JSON. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

/** JSON's own white space only: the bytes of a longer character may look like a blank to `trim`. */
function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text[start])) start += 1;
  while (end > start && isBlank(text[end - 1])) end -= 1;
  return text.slice(start, end);
}

const isBlank = (sign: string | undefined): boolean => sign === ' ' || sign === '\t' || sign === '\r' || sign === '\n';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
