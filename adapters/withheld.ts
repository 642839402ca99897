import { RescindError } from '#core/error';

/** Fields whose values are secret in every operation that we call (IAM, Secrets Manager and STS API references). */
const secretFields = new Set(['SecretAccessKey', 'SecretString', 'SecretBinary', 'SessionToken', 'Password']);

/**
 * Keeps secret values out of records: fields that hold them are withheld by name, and every value seen is remembered,
 * so that a record that would hold one under another name is refused before it is signed.
 */
export function withholder() {
  const seen = new Set<string>();

  const withhold = (value: unknown, name = ''): unknown => {
    if (secretFields.has(name) && typeof value === 'string') {
      for (const text of [value, ...innerValues(value)]) if (text.length >= 8) seen.add(text);
      return '(withheld)';
    }
    if (value instanceof Date) return value.toISOString();
    if (value instanceof Uint8Array) return '(bytes)';
    if (Array.isArray(value)) return value.map((item) => withhold(item));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key]) => key !== '$metadata')
        .map(([key, item]) => [key, withhold(item, key)]),
    );
  };

  /** Throws SECRET_IN_RECORD if the text holds a secret value that was seen; the message never quotes it. */
  const guard = (text: string): void => {
    for (const secret of seen)
      if (text.includes(secret) || text.includes(JSON.stringify(secret).slice(1, -1)))
        throw new RescindError('SECRET_IN_RECORD', 'a value that AWS marks as secret stands in it');
  };

  return { withhold, guard };
}

/** The members of a secret that is a JSON object: its key id is public, all else counts as secret. */
function innerValues(text: string): string[] {
  try {
    const inner: unknown = JSON.parse(text);
    if (inner === null || typeof inner !== 'object') return [];
    return Object.entries(inner).flatMap(([key, value]) =>
      typeof value === 'string' && key !== 'accessKeyId' ? [value] : [],
    );
  } catch {
    return [];
  }
}
