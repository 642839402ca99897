import { visible } from '#core/visible';
import { type Fields, fields, isFields } from './fold.ts';
import type { Folded } from './source.ts';

/** Where a scanner has found something, as far as people need it; every text is a stranger's. */
export interface Place {
  /** In the words of the scanner, in lower case: `git`, `github`, `filesystem`, `s3`, … */
  kind: string;
  repository?: string;
  commit?: string;
  file?: string;
  line?: number;
}

const longest = 300;
/** The names under which the kinds of TruffleHog's source metadata have the like of a repository, and of a file. */
const repositories = ['repository', 'project', 'bucket', 'image', 'package'];
const files = ['file', 'filename', 'path'];

/**
 * The place that TruffleHog's SourceMetadata tells (its proto/source_metadata.proto): bounded, without control
 * characters, without what a URL may hold to sign in, and without any text in which one of the secrets stands. Of a
 * place it gives the same place. Null where none is told.
 */
export function placeIn(metadata: Folded | undefined, secrets: readonly string[]): Place | null {
  const [[kind, told] = ['', null]] = Object.entries(fields(fields(metadata).data));
  if (!/^[a-z][a-z0-9]{0,31}$/.test(kind) || !isFields(told)) return null;
  const { line } = told;
  const [repository, commit, file] = [repositories, ['commit'], files].map((names) => cleanText(told, names, secrets));
  // A private token may stand in its query.
  const address = repository?.replace(/[?#].*$/s, '');
  return {
    kind,
    ...(address && { repository: address }),
    ...(commit && /^[0-9a-f]{7,64}$/i.test(commit) && { commit }),
    ...(file && { file }),
    ...(typeof line === 'number' && Number.isSafeInteger(line) && line >= 0 && { line }),
  };
}

function cleanText(told: Fields, names: string[], secrets: readonly string[]): string | undefined {
  const text = names.map((name) => told[name]).find((value) => typeof value === 'string' && value !== '');
  if (typeof text !== 'string' || secrets.some((secret) => text.includes(secret) || decoded(text).includes(secret)))
    return undefined;
  return [...visible(text.replace(/(\w:\/\/)[^/]*@/g, '$1'))].slice(0, longest).join('');
}

/** Percent signs of an address, read one by one: a malformed one hides none beside it. */
const decoded = (text: string): string =>
  text.replace(/%[0-9a-f]{2}/gi, (sign) => String.fromCharCode(Number.parseInt(sign.slice(1), 16)));
