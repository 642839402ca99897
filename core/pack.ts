import { sha256 } from '#core/digest';
import { encodeManifest, packVersion } from '#verifier/format';

export interface PackFile {
  path: string;
  bytes: Uint8Array;
}

export interface PackInput {
  caseId: string;
  /** The envelopes as stored. */
  records: PackFile[];
  /** The raw findings as received. */
  raws: PackFile[];
  report: string;
  /** Version of the renderer of the report. */
  reportVersion: number;
}

/** The files of a pack, sorted by path, with their manifest: the same input gives the same bytes. */
export function buildPack({ caseId, records, raws, report, reportVersion }: PackInput): Map<string, Uint8Array> {
  const page = { path: 'report.html', bytes: new TextEncoder().encode(report) };
  const content = [...records, ...raws, page].toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const manifest = encodeManifest({
    version: packVersion,
    caseId,
    report: reportVersion,
    files: content.map(({ path, bytes }) => ({ path, sha256: sha256(bytes) })),
  });
  const all = [...content, { path: 'manifest.json', bytes: new TextEncoder().encode(manifest) }];
  return new Map(all.toSorted((a, b) => (a.path < b.path ? -1 : 1)).map(({ path, bytes }) => [path, bytes]));
}
