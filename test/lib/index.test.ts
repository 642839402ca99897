import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as exported from '#lib/index';

const folder = resolve(import.meta.dirname, '../../lib');

describe('lib/index.ts', () => {
  it('exports every construct, for embedding in another app', () => {
    const constructs = readdirSync(folder).flatMap((file) =>
      [...readFileSync(join(folder, file), 'utf8').matchAll(/^export class (\w+) extends (?:Construct|Stack)\b/gm)].map(
        ([, name = '']) => name,
      ),
    );
    expect(constructs.length).toBeGreaterThan(10);
    expect(constructs.filter((name) => !Object.hasOwn(exported, name))).toEqual([]);
  });
});
