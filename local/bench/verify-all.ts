import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { verifyCommand } from '#commands/evidence-verify';
import { renderReport, reportVersion } from '#core/report';

/** A process of its own, so that it can be bound to one core: `rescind evidence verify` for every pack of a folder. */
const [folder = '', policy = ''] = process.argv.slice(2);
const report = { version: reportVersion, render: renderReport };
const packs = readdirSync(folder);
const began = performance.now();
let held = 0;
let lines = '';
for (const name of packs) {
  const args = { path: join(folder, name), policy, json: true, open: false, report };
  const code = await verifyCommand(args, { out: (line) => (lines = line), err: (line) => (lines = line) });
  if (code === 0) held += 1;
}
const seconds = (performance.now() - began) / 1000;
process.stdout.write(JSON.stringify({ packs: packs.length, held, seconds, last: lines }));
