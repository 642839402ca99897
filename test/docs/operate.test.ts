import { describe, expect, it } from 'vitest';
import * as checks from '#core/checks';
import { partsOf } from '#core/checks/parts';
import { pipeline, type StepName } from '#core/pipeline';
import { parseSettings } from '#core/settings';
import { everySource } from '../checks/build-check.ts';
import { tableUnder, textOf } from './pages.ts';

describe('docs/operate.md', () => {
  it('says of every alarm what it asks, and of no other', () => {
    const alarms = [...textOf('lib/alarms.ts').matchAll(/alarm\(\s*'(\w+)'/g)].map(([, name]) => `\`${name}\``);
    const explained = tableUnder('docs/operate.md', '## Alarms').map(([name]) => name);
    expect(explained.toSorted()).toEqual(alarms.toSorted());
  });

  it('says of every check of the doctor what it concerns, and of no other', () => {
    const { parts } = partsOf(parseSettings(everySource));
    const table = tableUnder('docs/operate.md', '## The doctor');
    expect(table.map(([check]) => check).toSorted()).toEqual(
      Object.values(checks)
        .map(({ name }) => `\`${name}\``)
        .toSorted(),
    );
    for (const [check = '', of = ''] of table) {
      const concerned = parts.filter((part) => part.checks.includes(check.replaceAll('`', ''))).map(({ name }) => name);
      const told = of.match(/\w+(?=`)/g) ?? [];
      // Those of all sources on EventBridge are not listed one by one.
      if (check === '`rules`') expect(concerned).toEqual(expect.arrayContaining(told));
      else expect([check, told.toSorted()]).toEqual([check, concerned.toSorted()]);
    }
  });

  it('counts the states and functions of a case that goes straight through', () => {
    const way: StepName[] = ['contain', 'triage', 'assign-owner', 'rotate', 'revoke', 'verify', 'close'];
    const routes = way.filter((step) => pipeline[step].length > 1).length;
    const states = way.length + routes + 1;
    expect(textOf('docs/operate.md')).toContain(`enters ${states} states and invokes ${way.length + 1} functions`);
  });
});
