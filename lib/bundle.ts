import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { Stage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import { type BuildOptions, buildSync, transformSync } from 'esbuild';
import { sha256 } from '#core/digest';
import type { Settings } from '#core/settings';

/** Gives a Lambda its code by the name of its file in `functions/`. */
export type CodeOf = (name: string) => Code;

export interface Bundle {
  text: string;
  /** Files that the bundle reads beside itself, by name. */
  beside: Map<string, Uint8Array>;
}

const root = join(import.meta.dirname, '..');
const cedar = dirname(createRequire(import.meta.url).resolve('@cedar-policy/cedar-wasm/nodejs'));
const made = new Map<string, Map<string, Bundle>>();

const output = { legalComments: 'none', platform: 'node', target: 'node24', format: 'esm' } satisfies BuildOptions;

/**
 * Every Lambda of the folder, in one run of esbuild and once a process. ESM with the AWS SDK inside; what is CommonJS
 * in it (Cedar) finds `require` and `__dirname` by the banner.
 */
export function bundles(folder = join(root, 'functions')): Map<string, Bundle> {
  const known = made.get(folder);
  if (known) return known;
  const names = readdirSync(folder).filter((file) => file.endsWith('.ts'));
  const { outputFiles, metafile } = buildSync({
    entryPoints: names.map((file) => join(folder, file)),
    outdir: 'out',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    write: false,
    metafile: true,
    ...output,
    mainFields: ['module', 'main'],
    alias: {
      '@aws-sdk/credential-provider-node': join(root, 'adapters', 'lambda-credentials.ts'),
      '@smithy/core/event-streams': join(root, 'adapters', 'no-event-streams.ts'),
    },
    absWorkingDir: root,
    banner: {
      js: "import{createRequire as rescindRequire}from'node:module';const require=rescindRequire(import.meta.url),__dirname=import.meta.dirname,__filename=import.meta.filename;",
    },
  });
  const all = new Map<string, Bundle>();
  for (const { path, text } of outputFiles) {
    const name = basename(path, '.mjs');
    const inputs = Object.keys(metafile.outputs[`out/${name}.mjs`]?.inputs ?? {});
    const decides = inputs.some((input) => input.includes('@cedar-policy/cedar-wasm/'));
    const beside = decides ? [['cedar_wasm_bg.wasm', readFileSync(join(cedar, 'cedar_wasm_bg.wasm'))] as const] : [];
    all.set(name, { text: shaken(text), beside: new Map(beside) });
  }
  made.set(folder, all);
  return all;
}

/**
 * The bundle without the parts of the AWS SDK that nobody uses and that esbuild keeps: schemas that name their keys by
 * constants (`{ [_h]: … }`), because computing a key might do something, and whole package files for their version. With
 * the constants' own text in place it sees that nothing is done; some 60 KB of a bundle go.
 */
function shaken(text: string): string {
  const constants = new Map<string, string | null>();
  for (const [, name = '', value = ''] of text.matchAll(/^\s*(?:var|const) (_\w+) = ("[\w:#./$-]*");$/gm))
    constants.set(name, constants.has(name) ? null : value);
  const plain = text.replace(/\[(_\w+)\]:/g, (computed, name) => {
    const value = constants.get(name);
    return value ? `${value}:` : computed;
  });
  const versions = [...text.matchAll(/^var (package_default\d*) = \{\s*name: "[^"]*",\s*version: ("[\d.]+")/gm)];
  const told = versions.reduce((all, [, name, version = '']) => all.replaceAll(`${name}.version`, version), plain);
  return transformSync(told, { ...output, minify: true, treeShaking: true }).code;
}

/** What a deployment is told at synth, as the Lambdas read it: `deployment.json` beside their code. */
export function deploymentOf(settings: Settings, folder = join(root, 'policies')) {
  const text = readFileSync(join(folder, 'response.cedar'), 'utf8');
  const schema = readFileSync(join(folder, 'response.cedarschema'), 'utf8');
  return { settings, policies: { text, schema, sha256: sha256(text) } };
}

/** Assets of the bundles, laid out in the cloud assembly, so that it works wherever the constructs are used from. */
export function bundledCode(scope: IConstruct, settings: Settings, folder?: string): CodeOf {
  const deployment = JSON.stringify(deploymentOf(settings));
  return (name) => {
    const bundle = bundles(folder).get(name);
    if (!bundle) throw new Error(`there is no functions/${name}.ts: a step needs a Lambda of its name`);
    const target = join(Stage.of(scope)?.outdir ?? 'cdk.out', 'bundles', name);
    rmSync(target, { recursive: true, force: true });
    mkdirSync(target, { recursive: true });
    writeFileSync(join(target, 'index.mjs'), bundle.text);
    writeFileSync(join(target, 'deployment.json'), deployment);
    for (const [file, bytes] of bundle.beside) writeFileSync(join(target, file), bytes);
    return Code.fromAsset(target);
  };
}
