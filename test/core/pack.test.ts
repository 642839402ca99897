import { describe, expect, it } from 'vitest';
import { buildPack } from '#core/pack';
import { hex, packOf, signedCase } from '../verifier/signed-pack.ts';

const made = signedCase();

describe('buildPack', () => {
  it('lists every file but the manifest, sorted by path, with its SHA-256', () => {
    const files = packOf(made);
    const listed = JSON.parse(new TextDecoder().decode(files.get('manifest.json'))).files;
    const rest = [...files].filter(([path]) => path !== 'manifest.json');
    expect(listed).toEqual(rest.map(([path, bytes]) => ({ path, sha256: hex(bytes) })));
    expect(listed.map(({ path }: { path: string }) => path)).toEqual(rest.map(([path]) => path).toSorted());
  });

  it('gives the same bytes whatever the order of its input', () => {
    const input = { caseId: made.caseId, report: '<p>', reportVersion: 1 };
    const forth = buildPack({ ...input, records: made.records, raws: made.raws });
    const back = buildPack({ ...input, records: made.records.toReversed(), raws: made.raws.toReversed() });
    expect([...forth]).toEqual([...back]);
  });
});
