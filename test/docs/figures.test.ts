import { expect, it } from 'vitest';
import { bundles } from '#lib/bundle';
import { synthesise } from '../lib/synthesise.ts';
import { tableUnder } from './pages.ts';

it('the README gives the resources and the largest bundle as they are now: the other figures are one run’s', {
  timeout: 60_000,
}, () => {
  const rows = tableUnder('README.md', '## Figures');
  const measured = (name: string) => rows.find(([figure = '']) => figure.startsWith(name))?.slice(0, 2);
  const resources = Object.keys(synthesise({ simulation: true }).toJSON().Resources).length;
  expect(measured('CloudFormation resources')?.[1]).toBe(String(resources));
  const [largest] = [...bundles()].toSorted(([, a], [, b]) => Buffer.byteLength(b.text) - Buffer.byteLength(a.text));
  const [name, { text } = { text: '' }] = largest ?? [];
  expect(measured('largest bundle')).toEqual([
    `largest bundle of a function (\`${name}\`), Cedar's wasm apart`,
    `${Math.round(Buffer.byteLength(text) / 1000)} KB`,
  ]);
});
