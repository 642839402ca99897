import { readFile } from 'node:fs/promises';
import { readEvent } from '#core/sources/read';
import type { ReadingSettings } from '#core/sources/source';
import { split } from '#core/sources/split';

/** What the command talks to; `out` and `err` take one line. */
export interface FindingIo {
  stdin(): Promise<Uint8Array>;
  out(line: string): void;
  err(line: string): void;
}

/**
 * `rescind finding read FILE… | -`: one JSON line per event, or per finding of it, in order. Exit 0 if every event was
 * read whatever its outcome, 1 if one was rejected, 3 if a file could not be read (the others are read all the same).
 */
export async function readFindings(args: { files: string[]; lists: ReadingSettings }, io: FindingIo): Promise<number> {
  let exit = 0;
  for (const file of args.files) {
    const bytes = await load(file, io);
    if (!bytes) {
      exit = 3;
      continue;
    }
    for (const { index, text } of split(asText(bytes))) {
      for (const reading of readEvent(Buffer.from(text, 'latin1'), { lists: args.lists })) {
        if (reading.outcome === 'rejected') exit = Math.max(exit, 1);
        io.out(JSON.stringify({ ...reading, file, index }));
      }
    }
  }
  return exit;
}

/** One character a byte: the cuts fall on ASCII, so every event keeps its exact bytes, valid UTF-8 or not. */
const asText = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '');

async function load(file: string, io: FindingIo): Promise<Uint8Array | null> {
  try {
    return file === '-' ? await io.stdin() : await readFile(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    io.err(
      `cannot read ${JSON.stringify(file)} (${code}): name a file that exists and may be read, or - for standard input`,
    );
    return null;
  }
}
