import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseSettings } from '#core/settings';
import { exportCommand } from '../../bin/commands/evidence-export.ts';
import { policyCommand } from '../../bin/commands/evidence-policy.ts';
import { rescind } from '../../bin/program.ts';
import { printed, storedCase } from '../bin/stored-case.ts';
import { fencesOf, root, tableUnder } from './pages.ts';

const commands = fencesOf('README.md').filter(({ language }) => language === 'sh');
const objects = fencesOf('README.md')
  .filter(({ language }) => language === 'json')
  .map(({ code }) => JSON.parse(code));
const commandWith = (words: string) => commands.find(({ code }) => code.includes(words))?.code ?? '';

/** The program behind `npm run -s rescind --`, without the set-up. */
const run = (args: string[], input = '') =>
  spawnSync(process.execPath, [join(root, 'bin/rescind.ts'), ...args], {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', HOME: '/nonexistent' },
    input,
    encoding: 'utf8',
  });

describe('the examples of the README', () => {
  it('read a finding as they say', () => {
    const [, event = ''] = commandWith('finding read').split(/<<'EVENT'\n|EVENT\n$/);
    const { status, stdout } = run(['finding', 'read', '-'], event);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject(objects.find((object) => 'outcome' in object));
  });

  it('verify a pack as they say', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rescind-readme-'));
    try {
      const stored = await storedCase();
      const { io } = printed();
      const pack = join(folder, 'pack');
      const policy = join(folder, 'policy.json');
      await exportCommand({ caseId: stored.found.id, out: pack }, stored, io);
      await policyCommand({ out: policy }, stored, io);
      const line = commandWith('evidence verify').trim().replace('npm run -s rescind -- ', '');
      const args = line
        .replace('.local/demo/user-key/pack', pack)
        .replace('.local/demo/user-key/policy.json', policy)
        .split(' ');
      const { status, stdout } = run(args);
      expect(stdout).toContain(`VERIFIED  case ${stored.found.id}`);
      expect(status).toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('hold settings that a deployment takes', () => {
    const settings = objects.find((object) => 'protected' in object);
    expect(parseSettings(settings)).toMatchObject(settings);
  });
});

describe('the table of commands in the README', () => {
  it('lists every command of the program and no other', async () => {
    const help = async (...words: string[]): Promise<string[]> => {
      const { out, io } = printed();
      await rescind([...words, '--help'], { ...io, stdin: async () => new Uint8Array() });
      const [, list = ''] = out.join('\n').split(/\nCommands:\n/);
      const names = [...(list.split('\n\n')[0] ?? '').matchAll(/^ {2}(\w+)/gm)].map(([, name = '']) => name);
      const below = names.filter((name) => name !== 'help').map((name) => help(...words, name));
      return below.length === 0 ? [`\`rescind ${words.join(' ')}\``] : (await Promise.all(below)).flat();
    };
    const listed = tableUnder('README.md', '## The command line').map(([command]) => command);
    expect(listed.toSorted()).toEqual((await help()).toSorted());
  });
});
