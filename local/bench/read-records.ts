import { readEvent } from '#core/sources/read';
import { median } from './figure.ts';
import { listedRecords, trailRecords } from './trail-records.ts';

/** What a process of its own, bound to one core, tells of the door and of `JSON.parse` of the same bytes, in turn. */
export interface Measured {
  records: number;
  /** Those that give a finding. */
  found: number;
  bytes: number;
  rounds: number;
  readMs: number;
  parseMs: number;
}

const lists = { advisory: [], blocking: [], immediate: [], identityProviders: { okta: null, auth0: null, ssf: [] } };
/** As many before them are for the compiler. */
const rounds = 20;
const utf8 = new TextDecoder();

function timed(records: Uint8Array[], each: (bytes: Uint8Array) => unknown): number {
  const began = performance.now();
  for (const bytes of records) each(bytes);
  return performance.now() - began;
}

function measure(records: Uint8Array[]): Measured {
  const times = Array.from({ length: 2 * rounds }, () => ({
    read: timed(records, (bytes) => readEvent(bytes, { lists })),
    parse: timed(records, (bytes) => JSON.parse(utf8.decode(bytes))),
  })).slice(rounds);
  const found = records.filter((bytes) => readEvent(bytes, { lists })[0]?.outcome === 'finding').length;
  const bytes = records.reduce((sum, each) => sum + each.length, 0);
  return {
    records: records.length,
    found,
    bytes,
    rounds,
    readMs: median(times.map(({ read }) => read)),
    parseMs: median(times.map(({ parse }) => parse)),
  };
}

process.stdout.write(JSON.stringify([trailRecords(2000), listedRecords(2000)].map(measure)));
