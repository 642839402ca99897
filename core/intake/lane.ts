import { readEvent } from '#core/sources/read';
import type { ReadingSettings } from '#core/sources/source';

/**
 * The identity that an event is about first, by the key that it gives itself; null where it tells of none. Events of one
 * lane are taken in one after the other: they write the same case, and would only hold each other up.
 */
export function laneOf(body: string, lists: ReadingSettings): string | null {
  for (const reading of readEvent(Buffer.from(body, 'utf8'), { lists }))
    if (reading.outcome === 'finding') return reading.finding.identity.key;
  return null;
}
