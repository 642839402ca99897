import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseSettings } from '#core/settings';
import * as registry from '#core/sources';
import { signalsCommand } from '../../../bin/commands/signals.ts';
import { rescind } from '../../../bin/program.ts';
import { noLists } from '../../sources/read-finding.ts';
import { printed } from '../stored-case.ts';

const run = (lists = noLists as Parameters<typeof signalsCommand>[0]['lists'], json = false) => {
  const { io, out } = printed();
  expect(signalsCommand({ lists, json }, io)).toBe(0);
  return out;
};
const cells = (line = '') => line.split(/ {2,}/);

describe('rescind signals', () => {
  it('prints what the settings list, and as what', () => {
    const lists = { immediate: ['A:B/C'], blocking: ['A:B/*'], advisory: ['A:B/D*'] };
    expect(run(lists).slice(0, 5).map(cells)).toEqual([
      ['LISTED', 'SIGNAL'],
      ['A:B/*', 'blocking'],
      ['A:B/C', 'immediate'],
      ['A:B/D*', 'advisory'],
      [''],
    ]);
  });

  it('counts an entry of two lists once, as the stronger signal', () => {
    const lists = { immediate: [], blocking: ['A:B/C*'], advisory: ['A:B/C*', 'A:B/C*'] };
    expect(run(lists).slice(1, 3)).toEqual(['A:B/C*  blocking', '']);
  });

  it('prints every class of every source, in the order in which they count, with the severity and the reason', () => {
    const out = run();
    const rows = Object.values(registry).flatMap(({ name, classes }) =>
      classes.map(({ types, atLeast, signal, why }) => [name, types, String(atLeast ?? 'any'), signal, why]),
    );
    expect(out.slice(2).map(cells)).toEqual([['SOURCE', 'TYPE', 'FROM', 'SIGNAL', 'WHY'], ...rows]);
  });

  it('prints one JSON object on request', () => {
    const [line = '', ...rest] = run({ ...noLists, immediate: ['A:B/C'] }, true);
    expect(rest).toEqual([]);
    const { listed, sources } = JSON.parse(line);
    expect(listed).toEqual([{ types: 'A:B/C', signal: 'immediate' }]);
    expect(sources.map(({ name }: { name: string }) => name)).toEqual(Object.values(registry).map(({ name }) => name));
    const guardduty = sources.find(({ name }: { name: string }) => name === 'guardduty');
    const [first] = registry.guardduty.classes;
    expect(guardduty.classes[0]).toEqual({ atLeast: null, ...first });
    expect(guardduty.classes.every((each: object) => 'atLeast' in each)).toBe(true);
  });
});

describe('rescind signals and the settings file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rescind-signals-'));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });
  const withSettings = async (settings?: string) => {
    const file = join(folder, 'rescind.json');
    if (settings !== undefined) writeFileSync(file, settings);
    vi.stubEnv('RESCIND_SETTINGS', settings === undefined ? '' : file);
    const { io, out, err } = printed();
    const exit = await rescind(['signals', '--json'], { ...io, stdin: async () => new Uint8Array() });
    return { exit, out, err };
  };

  it('are the defaults where no file is named', async () => {
    const { exit, out } = await withSettings();
    expect(exit).toBe(0);
    const listed = parseSettings({})
      .immediate.toSorted()
      .map((types) => ({ types, signal: 'immediate' }));
    expect(JSON.parse(out[0] ?? '').listed).toEqual(listed);
  });

  it('are those of the file that RESCIND_SETTINGS names', async () => {
    const { out } = await withSettings('{"immediate": [], "advisory": ["Recon:IAMUser/*"]}');
    expect(JSON.parse(out[0] ?? '').listed).toEqual([{ types: 'Recon:IAMUser/*', signal: 'advisory' }]);
  });

  it.each([['{"advisory": ["Recon:*:x"]}'], ['{"urgent": []}'], ['{']])(
    'answer %s with one line that names the file, and exit 3',
    async (settings) => {
      const { exit, out, err } = await withSettings(settings);
      expect([exit, out]).toEqual([3, []]);
      expect(err).toHaveLength(1);
      expect(err[0]).toMatch(/rescind\.json: [^\n]+$/);
    },
  );
});
