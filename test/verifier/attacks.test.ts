import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verifyPack } from '#verifier/verify';
import { attacks, genuinePack, recordKey } from './attacks.ts';
import { policyFor, testReport } from './signed-pack.ts';

const policy = policyFor(recordKey);

describe('verifyPack refuses a pack in which', () => {
  it.each(attacks)('%s (%s)', async (_sentence, answer, deed) => {
    const done = deed();
    const { files, policy: given = policy } = done instanceof Map ? { files: done } : done;
    const verdict = await verifyPack(files, given, { report: testReport });
    expect(verdict.ok ? 'accepted' : verdict.class).toBe(answer);
  });

  it('any one byte of any file is changed', async () => {
    const pack = genuinePack();
    const anyFlip = fc.tuple(fc.constantFrom(...pack.keys()), fc.nat(), fc.integer({ min: 1, max: 255 }));
    await fc.assert(
      fc.asyncProperty(anyFlip, async ([path, place, mask]) => {
        const bytes = (pack.get(path) as Uint8Array).slice();
        const at = place % bytes.length;
        bytes[at] = (bytes[at] as number) ^ mask;
        expect(await verifyPack(new Map(pack).set(path, bytes), policy, { report: testReport })).toMatchObject({
          ok: false,
        });
      }),
      { numRuns: 500 },
    );
  });

  it('any byte of the manifest, which no hash covers, is changed', async () => {
    const pack = genuinePack();
    const manifest = pack.get('manifest.json') as Uint8Array;
    for (const [at, byte] of manifest.entries())
      for (const mask of [1, 2, 4, 42, 128]) {
        const flipped = manifest.slice();
        flipped[at] = byte ^ mask;
        const verdict = await verifyPack(new Map(pack).set('manifest.json', flipped), policy, { report: testReport });
        expect(verdict.ok, `byte ${at}, mask ${mask}`).toBe(false);
      }
  });
});
