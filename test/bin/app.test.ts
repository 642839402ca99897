import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let work: string;
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'app-'));
});
afterAll(() => rmSync(work, { recursive: true }));

/** Runs the app as a stranger would: no credentials, no configuration. */
const run = (program: string, settings?: string) => {
  const file = join(work, 'settings.json');
  if (settings) writeFileSync(file, settings);
  return spawnSync(process.execPath, [program], {
    encoding: 'utf8',
    env: { HOME: work, CDK_OUTDIR: join(work, 'out'), ...(settings && { RESCIND_SETTINGS: file }) },
  });
};

describe('The app', { timeout: 60_000 }, () => {
  it('synthesises without AWS credentials, with the code of every Lambda', () => {
    const { status, stderr } = run('local/synth.ts', '{"evidence":{"lock":"compliance"}}');
    expect(status).toBe(0);
    expect(stderr).toMatch(/^warning: evidence\.lock is compliance.*$/m);
    const template = JSON.parse(readFileSync(join(work, 'out', 'Rescind.template.json'), 'utf8'));
    const assets = JSON.parse(readFileSync(join(work, 'out', 'Rescind.assets.json'), 'utf8')).files;
    const functions = Object.values<{ Type: string; Properties: { Code: { S3Key: string } } }>(
      template.Resources,
    ).filter(({ Type }) => Type === 'AWS::Lambda::Function');
    expect(functions.length).toBeGreaterThan(0);
    for (const { Properties } of functions) {
      const asset = assets[Properties.Code.S3Key.replace('.zip', '')];
      expect(existsSync(join(work, 'out', asset.source.path, 'index.mjs'))).toBe(true);
      expect(existsSync(join(work, 'out', asset.source.path, 'deployment.json'))).toBe(true);
    }
  });

  it.each(['bin/app.ts', 'local/synth.ts'])('refuses broken settings in one line and exits with 1: %s', (program) => {
    const { status, stdout, stderr } = run(program, '{"mode":"off"}');
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^the settings are not valid: \S+settings\.json: mode: [^\n]*\n$/);
  });
});
