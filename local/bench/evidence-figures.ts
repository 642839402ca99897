import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPack, writePack } from '#commands/pack-files';
import type { Cloud } from '../cloud.ts';
import { rescind } from '../demo/cli.ts';
import { seeder } from '../seed.ts';
import { type Figure, figure } from './figure.ts';
import { oneCore } from './one-core.ts';
import { reissuer } from './reissue.ts';

const cases = 1000;
const mostSeconds = 10;

/** Exports a real case of this run, makes a thousand of its kind, and lets the real command verify them all. */
export async function evidenceFigures(cloud: Cloud, caseId: string, dir: string): Promise<Figure[]> {
  const seed = seeder(cloud.engine);
  const operator = (await seed.operator('bench-auditor')).key;
  seed.close();
  const exported = join(dir, 'pack');
  const { code, err } = await rescind(['evidence', 'export', caseId, '--out', exported], { cloud, operator });
  const real = code === 0 ? await readPack(exported) : null;
  if (!real?.ok) throw new Error(`the pack of ${caseId} could not be exported: ${err.trim()}`);
  const { policy, packOf } = reissuer(real.files);
  const policyFile = join(dir, 'policy.json');
  writeFileSync(policyFile, JSON.stringify(policy));
  const packs = join(dir, 'packs');
  let bytes = 0;
  for (let n = 0; n < cases; n += 1) {
    const id = `c-${n.toString(16).padStart(16, '0')}`;
    const pack = packOf(id);
    for (const file of pack.values()) bytes += file.length;
    await writePack(pack, join(packs, id));
  }
  const [command, args] = oneCore.command(process.execPath, [
    join(import.meta.dirname, 'verify-all.ts'),
    packs,
    policyFile,
  ]);
  const { stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', env: { PATH: process.env.PATH } });
  rmSync(packs, { recursive: true, force: true });
  if (stdout === '') throw new Error(`the verifier did not end: ${stderr.trim().split('\n').at(-1)}`);
  const told = JSON.parse(stdout) as { packs: number; held: number; seconds: number; last: string };
  if (told.held !== cases) throw new Error(`${told.held} of ${told.packs} packs hold; the last one said ${told.last}`);
  const how = `the command's own function over ${cases} pack folders of ${real.files.size} files (${Math.round(bytes / cases / 1000)} KB), each the case ${caseId} of this run under another id, signed anew; signatures, chain, raw findings and report checked; ${oneCore.said}`;
  return [figure('evidence verify, 1,000 cases', told.seconds, 's', how, mostSeconds)];
}
