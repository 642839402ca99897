import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Figure, figure, median } from './figure.ts';
import { oneCore } from './one-core.ts';

const mostBytes = 600_000;
const mostResources = 150;
const imports = 10;

export interface Bundles {
  figures: Figure[];
  /** Milliseconds, by the name of the function. */
  coldImport: Map<string, number>;
}

/** Size and cold import of each Lambda's code, from the assembly that was deployed, and how much the template holds. */
export function bundleFigures(cdkOut: string): Bundles {
  const folder = join(cdkOut, 'bundles');
  const names = readdirSync(folder).toSorted();
  const template = JSON.parse(readFileSync(join(cdkOut, 'Rescind.template.json'), 'utf8')) as { Resources: object };
  const coldImportMs = new Map(names.map((name) => [name, median(coldImports(join(folder, name)))]));
  const size = (name: string) => statSync(join(folder, name, 'index.mjs')).size;
  return {
    coldImport: new Map([...coldImportMs].map(([name, took]) => [`rescind-${name}`, took])),
    figures: [
      figure(
        'CloudFormation resources',
        Object.keys(template.Resources).length,
        '',
        'in the template of the stack as deployed here, the simulation bus included',
        mostResources,
      ),
      ...names.map((name) =>
        figure(
          `bundle ${name}`,
          size(name) / 1000,
          'KB',
          "minified, AWS SDK inside, Cedar's wasm apart",
          mostBytes / 1000,
        ),
      ),
      ...names.map((name) =>
        figure(
          `cold import ${name}`,
          coldImportMs.get(name) ?? Number.NaN,
          'ms',
          `import of the bundle in a fresh Node ${process.version}, median of ${imports}, ${oneCore.said}; files in the page cache`,
        ),
      ),
    ],
  };
}

function coldImports(folder: string): number[] {
  const code = `const t=performance.now();await import(process.argv[1]);process.stdout.write(String(performance.now()-t))`;
  const [command, args] = oneCore.command(process.execPath, [
    '--input-type=module',
    '-e',
    code,
    join(folder, 'index.mjs'),
  ]);
  return Array.from({ length: imports }, () => {
    // What the Lambda runtime sets; no call is made at import.
    const env = { AWS_LAMBDA_FUNCTION_NAME: 'bench', AWS_REGION: 'us-east-1', LAMBDA_TASK_ROOT: folder };
    const { stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', env });
    const took = Number.parseFloat(stdout);
    if (!Number.isFinite(took)) throw new Error(`${folder} cannot be imported: ${stderr.trim().split('\n').at(-1)}`);
    return took;
  });
}
