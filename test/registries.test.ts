import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as actions from '#core/actions';
import * as checks from '#core/checks';
import * as owners from '#core/owners';
import { stepNames } from '#core/pipeline';
import * as receivers from '#core/receivers';
import * as rotators from '#core/rotators';
import * as sources from '#core/sources';
import * as steps from '#core/steps';

/** The folders of plugins: their registry, their contract, and what else lies there. */
const folders = {
  sources: {
    registry: sources,
    contract: 'source',
    beside: [
      'cloudtrail-calls',
      'cloudtrail-facts',
      'cloudtrail-identities',
      'cloudtrail-patterns',
      'cloudtrail-variants',
      'fold',
      'health-identities',
      'identity-of-arn',
      'place',
      'read',
      'refuse',
      'secret-of-arn',
      'securityhub-asff',
      'securityhub-control',
      'securityhub-identity',
      'securityhub-ignored',
      'securityhub-ocsf',
      'securityhub-report',
      'signal',
      'split',
      'subjects',
      'subject-of-access',
      'trufflehog-place',
    ],
  },
  receivers: { registry: receivers, contract: 'receiver', beside: ['receive'] },
  checks: { registry: checks, contract: 'check', beside: ['examine', 'parts'] },
  actions: { registry: actions, contract: 'action', beside: [] },
  rotators: { registry: rotators, contract: 'rotator', beside: ['access-key-steps', 'scheduled-rotation'] },
  owners: { registry: owners, contract: 'resolver', beside: [] },
  steps: { registry: steps, contract: 'step', beside: [] },
} satisfies Record<string, { registry: object; contract: string; beside: string[] }>;

const root = new URL('../', import.meta.url);
const filesOf = (folder: string) =>
  readdirSync(new URL(`core/${folder}/`, root)).map((file) => file.replace(/\.ts$/, ''));

describe.each(Object.entries(folders))('core/%s', (folder, { registry, contract, beside }) => {
  const plugins = filesOf(folder).filter((file) => ![contract, 'index', ...beside].includes(file));

  it('registers every file, by its name, and nothing else', () => {
    const registered = Object.values(registry as Record<string, { name: string }>).map(({ name }) => name);
    expect(registered.toSorted()).toEqual(plugins.toSorted());
  });

  it('has a test for every file, of its name', () => {
    const untested = [...plugins, ...beside].filter(
      (file) => !existsSync(new URL(`test/${folder}/${file}.test.ts`, root)),
    );
    expect(untested).toEqual([]);
  });

  it('has one line a plugin in its index', async () => {
    expect(Object.keys(registry)).toHaveLength(plugins.length);
  });
});

describe('the steps', () => {
  it('are those of the pipeline, each with its Lambda', () => {
    expect(
      Object.values(steps)
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual([...stepNames].toSorted());
    for (const name of stepNames) expect(existsSync(new URL(`functions/${name}.ts`, root)), name).toBe(true);
  });
});
