import { expect, it } from 'vitest';
import { analyzer } from '#core/checks';
import { told } from './build-check.ts';

const lines = (...analyzers: [string, string, string][]) =>
  told(analyzer, {
    'access-analyzer:ListAnalyzers': { analyzers: analyzers.map(([name, type, status]) => ({ name, type, status })) },
  });

it('an analyzer counts for its kind of access, of the account or the organization, once it is active', async () => {
  expect(
    await lines(
      ['a', 'ORGANIZATION', 'ACTIVE'],
      ['b', 'ACCOUNT_UNUSED_ACCESS', 'FAILED'],
      ['c', 'ORGANIZATION_UNUSED_ACCESS', 'ACTIVE'],
      ['d', 'ACCOUNT_INTERNAL_ACCESS', 'CREATING'],
    ),
  ).toEqual([
    'ok external the analyzer a is active',
    'ok unused the analyzer c is active',
    'missing internal the analyzer d is CREATING: aws accessanalyzer create-analyzer --analyzer-name NAME --type ACCOUNT_INTERNAL_ACCESS',
  ]);
});

it('each kind is missing where there is none', async () => {
  const make = 'no analyzer in eu-central-1: aws accessanalyzer create-analyzer --analyzer-name NAME --type';
  expect(await lines()).toEqual([
    `missing external ${make} ACCOUNT`,
    `missing unused ${make} ACCOUNT_UNUSED_ACCESS`,
    `missing internal ${make} ACCOUNT_INTERNAL_ACCESS`,
  ]);
});
