import { readFile } from 'node:fs/promises';
import { split } from '#core/sources/split';
import type { Terminal } from '../terminal.ts';

/** One event of a file, by its exact bytes. */
export interface FileEvent {
  index: number;
  /** The line on which it begins, from 1. */
  line: number;
  bytes: Uint8Array;
}

/** The events of a file, or of standard input where it is `-`; null where it cannot be read, which one line on stderr says. */
export async function eventsIn(file: string, io: Pick<Terminal, 'stdin' | 'err'>): Promise<FileEvent[] | null> {
  const bytes = await load(file, io);
  return bytes && split(asText(bytes)).map(({ text, ...place }) => ({ ...place, bytes: Buffer.from(text, 'latin1') }));
}

/** One character a byte: the cuts fall on ASCII, so every event keeps its exact bytes, valid UTF-8 or not. */
const asText = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '');

async function load(file: string, io: Pick<Terminal, 'stdin' | 'err'>): Promise<Uint8Array | null> {
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
