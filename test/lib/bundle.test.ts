import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Architecture, Function as Lambda, Runtime } from 'aws-cdk-lib/aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stepNames } from '#core/pipeline';
import { parseSettings } from '#core/settings';
import { bundledCode, bundles, deploymentOf } from '#lib/bundle';

let work: string;
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'bundle-'));
});
afterAll(() => rmSync(work, { recursive: true }));

/** Lays every bundle out in the assembly of an app, as synth does, and names the assets. */
function layOut(outdir: string, settings: unknown, names: string[], folder?: string): string[] {
  const app = new App({ outdir: join(work, outdir), analyticsReporting: false });
  const stack = new Stack(app, 'Trial');
  const code = bundledCode(stack, parseSettings(settings), folder);
  for (const name of names)
    new Lambda(stack, name, {
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: code(name),
    });
  app.synth();
  return readdirSync(join(work, outdir)).filter((file) => file.startsWith('asset.'));
}

describe('A bundle', { timeout: 60_000 }, () => {
  it('is made for intake and for every step of the pipeline', () => {
    expect([...bundles().keys()]).toEqual(expect.arrayContaining(['intake', ...stepNames]));
  });

  it('stays below 600 KB without the Cedar wasm', () => {
    const large = [...bundles()].filter(([, { text }]) => Buffer.byteLength(text) > 600_000);
    expect(large.map(([name]) => name)).toEqual([]);
  });

  it('holds no part of the schemas of AWS that nobody uses', () => {
    for (const [, { text }] of bundles()) expect(text).not.toContain('GetBucketAnalyticsConfiguration');
  });

  it('has the Cedar wasm beside it where it decides, and only there', () => {
    const deciding = [...bundles()].filter(([, { beside }]) => beside.has('cedar_wasm_bg.wasm')).map(([name]) => name);
    expect(deciding.toSorted()).toEqual(['contain', 'triage']);
  });

  it('holds no other way to credentials than the environment of its role', () => {
    for (const [, { text }] of bundles())
      expect(text).not.toMatch(/fromInstanceMetadata|sso_start_url|169\.254\.170\.2\b/);
  });

  it('is the same asset for the same sources and settings, and another for other settings', () => {
    const names = ['intake'];
    const [first] = layOut('first', {}, names);
    expect(layOut('second', {}, names)).toEqual([first]);
    expect(layOut('third', { mode: 'enforce' }, names)).not.toEqual([first]);
  });

  it('is refused by name where a step has no Lambda', () => {
    expect(() => layOut('none', {}, ['nobody'])).toThrow('there is no functions/nobody.ts');
  });

  it('carries the settings and the policies that it was deployed with', () => {
    const [asset = ''] = layOut('told', { mode: 'guarded' }, ['close']);
    const told = JSON.parse(readFileSync(join(work, 'told', asset, 'deployment.json'), 'utf8'));
    expect(told).toEqual(deploymentOf(parseSettings({ mode: 'guarded' })));
    expect(told.policies.text).toBe(readFileSync('policies/response.cedar', 'utf8'));
  });

  it('evaluates Cedar policy in plain Node, from its asset folder alone', () => {
    const folder = join(work, 'functions');
    mkdirSync(folder);
    const cedar = join(process.cwd(), 'node_modules', '@cedar-policy', 'cedar-wasm', 'nodejs', 'cedar_wasm.js');
    writeFileSync(
      join(folder, 'decider.ts'),
      `import { isAuthorized } from ${JSON.stringify(cedar)};
       const uid = (type: string) => ({ type, id: 'x' });
       const ask = (policies: string) => isAuthorized({ principal: uid('Step'), action: uid('Action'), resource: uid('Identity'),
         context: {}, policies: { staticPolicies: policies }, entities: [] });
       export const handler = () => ['permit(principal,action,resource);', 'forbid(principal,action,resource);'].map((text) => {
         const answer = ask(text);
         return answer.type === 'success' ? answer.response.decision : answer.type;
       });`,
    );
    const [asset = ''] = layOut('cedar', {}, ['decider'], folder);
    // From a file and another folder: `node -e` has a __dirname of its own, which would hide that ours is missing.
    const runner = join(work, 'run.mjs');
    const index = JSON.stringify(join(work, 'cedar', asset, 'index.mjs'));
    writeFileSync(runner, `const { handler } = await import(${index}); console.log(JSON.stringify(handler()));`);
    const { stdout, stderr } = spawnSync(process.execPath, [runner], { cwd: tmpdir(), encoding: 'utf8', env: {} });
    expect(stderr).toBe('');
    expect(stdout.trim()).toBe('["allow","deny"]');
  });
});
