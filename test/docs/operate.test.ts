import { describe, expect, it } from 'vitest';
import { pipeline, type StepName } from '#core/pipeline';
import { tableUnder, textOf } from './pages.ts';

describe('docs/operate.md', () => {
  it('says of every alarm what it asks, and of no other', () => {
    const alarms = [...textOf('lib/alarms.ts').matchAll(/alarm\(\s*'(\w+)'/g)].map(([, name]) => `\`${name}\``);
    const explained = tableUnder('docs/operate.md', '## Alarms').map(([name]) => name);
    expect(explained.toSorted()).toEqual(alarms.toSorted());
  });

  it('counts the states and functions of a case that goes straight through', () => {
    const way: StepName[] = ['contain', 'triage', 'assign-owner', 'rotate', 'revoke', 'verify', 'close'];
    const routes = way.filter((step) => pipeline[step].length > 1).length;
    const states = way.length + routes + 1;
    expect(textOf('docs/operate.md')).toContain(`enters ${states} states and invokes ${way.length + 1} functions`);
  });
});
