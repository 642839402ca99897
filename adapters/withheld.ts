import { stages } from '#core/case';
import { RescindError } from '#core/error';
import { signals } from '#core/finding';
import { stepNames } from '#core/pipeline';
import { answers, credentialKinds, outcomes, rungResults, rungs, verdicts } from '#core/step-facts';
import { recordSteps } from '#verifier/format';

/** Fields whose values are secret in every operation that we call (IAM, Secrets Manager and STS API references). */
const secretFields = new Set(['SecretAccessKey', 'SecretString', 'SecretBinary', 'SessionToken', 'Password']);

/**
 * Keeps secret values out of records: fields that hold them are withheld by name, and every value seen is remembered,
 * so that a record that would hold one under another name is refused before it is signed.
 */
export function withholder() {
  const seen = new Set<string>();
  /** Other members of a secret's JSON: a password, or just the Region, which AWS itself tells in clear. */
  const doubtful = new Set<string>();
  let clear = '';

  const remember = (text: string) => {
    const { secrets, others } = membersOf(text);
    for (const value of [text, ...secrets]) if (value.length >= 8) seen.add(value);
    for (const value of others) if (value.length >= 8) doubtful.add(value);
  };

  const walk = (value: unknown, name = ''): unknown => {
    if (secretFields.has(name) && typeof value === 'string') {
      remember(value);
      return '(withheld)';
    }
    if (value instanceof Date) return value.toISOString();
    if (value instanceof Uint8Array) return '(bytes)';
    if (Array.isArray(value)) return value.map((item) => walk(item));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key]) => key !== '$metadata')
        .map(([key, item]) => [key, walk(item, key)]),
    );
  };

  const withhold = (value: unknown): unknown => {
    const withheld = walk(value);
    clear += JSON.stringify(withheld) ?? '';
    return withheld;
  };

  /** As they stand in text and as they stand in JSON, the longest first. */
  const formsOf = (values: string[]): string[] =>
    values.toSorted((a, b) => b.length - a.length).flatMap((value) => [value, JSON.stringify(value).slice(1, -1)]);

  /**
   * Throws SECRET_IN_RECORD if the JSON holds a secret value that was seen, anywhere, or a doubtful one as a whole value:
   * as a part of other words it would be found in our own. The message never quotes it.
   */
  const guard = (json: string): void => {
    const values = doubtful.size > 0 ? new Set(textsIn(JSON.parse(json))) : new Set();
    const isTold = [...doubtful].some((value) => values.has(value) && !ownWords.has(value) && !clear.includes(value));
    if (isTold || formsOf([...seen]).some((form) => json.includes(form)))
      throw new RescindError('SECRET_IN_RECORD', 'a value that AWS marks as secret stands in it');
  };

  /** The text without any secret value that was seen: AWS may quote in an error what it was sent. */
  const scrub = (text: string): string =>
    formsOf([...seen, ...[...doubtful].filter((value) => !clear.includes(value))]).reduce(
      (clean, form) => clean.replaceAll(form, '(withheld)'),
      text,
    );

  return { withhold, guard, scrub };
}

/** Whole values of our own in every record, which a member of a secret may bear too: its kind or its status, say. */
export const ownWords = new Set<string>([
  ...[stages, stepNames, recordSteps, signals, verdicts, answers, credentialKinds, rungs, rungResults].flat(),
  ...Object.values(outcomes).flat(),
  // By hand, so that a function does not bundle what its step has no use for.
  ...['deactivate-access-key', 'deny-user-sessions', 'deny-role-session', 'deny-older-role-sessions'],
  ...['contain-by-hand', 'iam-access-key', 'rotate-access-key'],
]);

const textsIn = (value: unknown): string[] =>
  typeof value === 'string' ? [value] : value && typeof value === 'object' ? Object.values(value).flatMap(textsIn) : [];

/** The members of a secret that is a JSON object; the key id in it is public. */
function membersOf(text: string): { secrets: string[]; others: string[] } {
  try {
    const inner: unknown = JSON.parse(text);
    const members = Object.entries(inner !== null && typeof inner === 'object' ? inner : {}).filter(
      (member): member is [string, string] => typeof member[1] === 'string' && member[0] !== 'accessKeyId',
    );
    const of = (isSecret: boolean) =>
      members.filter(([key]) => (key === 'secretAccessKey') === isSecret).map(([, value]) => value);
    return { secrets: of(true), others: of(false) };
  } catch {
    return { secrets: [], others: [] };
  }
}
