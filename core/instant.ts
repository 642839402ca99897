const written = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?\s?(?:(z|utc)|([+-]\d{2}):?(\d{2}))?$/i;
const lastMillisecond = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/**
 * A time as sources write it, in UTC as RFC 3339 with milliseconds; null where it is none. Sources give a blank for
 * the T, nanoseconds, no zone (UTC then), a lower-case z, and epoch seconds or milliseconds.
 */
export function instant(value: unknown): string | null {
  if (typeof value === 'number') return fromEpoch(value);
  if (typeof value !== 'string') return null;
  const match = written.exec(value);
  if (!match) return null;
  const [, date, time, fraction = '', , hours, minutes = '00'] = match;
  const local = `${date}T${time}.${fraction.padEnd(3, '0').slice(0, 3)}Z`;
  const milliseconds = Date.parse(local);
  // The engine reads 30 February as 2 March: such a date is no date.
  if (Number.isNaN(milliseconds) || new Date(milliseconds).toISOString() !== local) return null;
  if (hours === undefined) return local;
  const zone = Date.parse(`${local.slice(0, -1)}${hours}:${minutes}`);
  return Number.isNaN(zone) ? null : inRange(zone);
}

/** The first of a source's times that is one; undefined where none is. */
export const firstInstant = (times: unknown[]): string | undefined => times.map(instant).find((time) => time !== null);

/** Up to 1e11 the number counts seconds (until the year 5138), above it milliseconds (from 1973 on). */
const fromEpoch = (value: number): string | null =>
  Number.isFinite(value) ? inRange(Math.trunc(value < 1e11 ? value * 1000 : value)) : null;

const inRange = (milliseconds: number): string | null =>
  milliseconds >= 0 && milliseconds <= lastMillisecond ? new Date(milliseconds).toISOString() : null;
