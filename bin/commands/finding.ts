import { readEvent } from '#core/sources/read';
import type { ReadingSettings } from '#core/sources/source';
import type { Terminal } from '../terminal.ts';
import { eventsIn } from './event-files.ts';

/**
 * `rescind finding read FILE… | -`: one JSON line per event, or per finding of it, in order. Exit 0 if every event was
 * read whatever its outcome, 1 if one was rejected, 3 if a file could not be read (the others are read all the same).
 */
export async function readFindings(
  { files, lists, now }: { files: string[]; lists: ReadingSettings; now: Date },
  io: Terminal,
): Promise<number> {
  let exit = 0;
  for (const file of files) {
    const events = await eventsIn(file, io);
    if (!events) {
      exit = 3;
      continue;
    }
    for (const { index, bytes } of events) {
      for (const reading of readEvent(bytes, { lists, receivedAt: now.toISOString() })) {
        if (reading.outcome === 'rejected') exit = Math.max(exit, 1);
        io.out(JSON.stringify({ ...reading, file, index }));
      }
    }
  }
  return exit;
}
