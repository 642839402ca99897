import type { Finding, Reading } from '#core/finding';
import { parseSettings } from '#core/settings';
import { handedOver, readEvent } from '#core/sources/read';

/** What becomes of something that a person hands over: an event for the queue of received events, or nothing, and why. */
export type Submission =
  | { outcome: 'submitted'; event: string; finding: Finding }
  | { outcome: 'ignored'; reason: string }
  | { outcome: 'rejected'; code: string; message: string };

/**
 * One line of a scanner, read as intake will read it. The event is made of what its source lets pass and of nothing
 * else: what has leaked goes no further than this.
 */
export function submission(
  line: Uint8Array,
  { account, region, now }: { account: string; region: string; now: Date },
): Submission {
  const time = now.toISOString();
  // The lists and tables of the deployment change no reading into a refusal.
  const lists = parseSettings({});
  const [reading] = readEvent(line, { lists, receivedAt: time });
  if (reading?.outcome !== 'finding') return reading ?? nothing;
  const passed = handedOver(line, reading.finding);
  if (!passed) {
    const message = `findings of ${reading.finding.source} come by a way of their own: hand over the lines of a scanner, as it prints them`;
    return { outcome: 'rejected', code: 'NOT_BY_HAND', message };
  }
  const event = JSON.stringify({ version: '0', ...passed, account, region, time });
  const [read] = readEvent(event, { lists });
  return read?.outcome === 'finding' ? { outcome: 'submitted', event, finding: read.finding } : (read ?? nothing);
}

const nothing: Exclude<Reading, { outcome: 'finding' }> = { outcome: 'ignored', reason: 'nothing is in it' };
