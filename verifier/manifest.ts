import { sameBytes, sha256 } from './bytes.ts';
import { refuse } from './failure.ts';
import { encodeManifest, type Manifest, packLimits, packVersion } from './format.ts';
import { anything, caseId, count, digest, listOf, object, text } from './shape.ts';
import { strictJson } from './strict-json.ts';

/** Every path that a pack can hold. A list of what is allowed leaves no room for `..`, absolute, or case-clashing names. */
export const isPackPath = (path: string): boolean =>
  /^(manifest\.json|report\.html|records\/\d{4,5}-[a-z-]{1,30}\.dsse\.json|raw\/[0-9a-f]{64})$/.test(path);

const shape = object({
  version: anything,
  caseId,
  report: count,
  files: listOf(object({ path: text, sha256: digest })),
});

/** The pack holds exactly the files that its manifest lists, with these hashes. Proves nothing about who made it. */
export async function checkFiles(files: ReadonlyMap<string, Uint8Array>): Promise<Manifest> {
  checkBounds(files);
  const bytes = files.get('manifest.json') ?? refuse('manifest', 'manifest.json', 'is missing');
  const given = strictJson(bytes, 'manifest', 'manifest.json');
  const version = (given as { version?: unknown } | null)?.version;
  if (typeof version === 'number' && version !== packVersion)
    refuse('manifest-version', 'manifest.json', `version ${version} is not known here: use a newer verifier`);
  const flaw = shape(given, 'manifest');
  if (flaw) refuse('manifest', 'manifest.json', flaw);
  const manifest = given as Manifest;
  if (version !== packVersion || !sameBytes(bytes, new TextEncoder().encode(encodeManifest(manifest))))
    refuse('manifest', 'manifest.json', 'is not in its one form (two spaces, fields in order, a final line feed)');

  const listed = new Map(manifest.files.map(({ path, sha256 }) => [path, sha256]));
  const paths = manifest.files.map(({ path }) => path);
  for (const path of paths)
    if (!isPackPath(path) || path === 'manifest.json') refuse('path', path, 'is listed but is no path of a pack');
  if (paths.some((path, index) => index > 0 && path <= (paths[index - 1] as string)))
    refuse('manifest', 'manifest.json', 'does not list each file once and sorted by path');
  for (const path of [...paths, 'report.html']) if (!files.has(path)) refuse('missing-file', path, 'is missing');
  for (const path of files.keys())
    if (path !== 'manifest.json' && !listed.has(path)) refuse('extra-file', path, 'is not listed in the manifest');
  for (const [path, wanted] of listed)
    if ((await sha256(files.get(path) as Uint8Array)) !== wanted)
      refuse('file-hash', path, 'does not have the hash that the manifest lists');
  return manifest;
}

function checkBounds(files: ReadonlyMap<string, Uint8Array>): void {
  const { files: most, fileBytes, totalBytes } = packLimits;
  if (files.size > most) refuse('size', 'manifest.json', `the pack has more than ${most} files`);
  let total = 0;
  for (const [path, bytes] of files) {
    total += bytes.length;
    if (bytes.length > fileBytes) refuse('size', path, `is larger than ${fileBytes} bytes`);
    if (total > totalBytes) refuse('size', path, `with this file the pack is larger than ${totalBytes} bytes`);
  }
  for (const path of files.keys())
    if (!isPackPath(path)) refuse('path', path, 'is no path of a pack: take the file out');
}
