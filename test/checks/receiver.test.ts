import { expect, it } from 'vitest';
import { receiver } from '#core/checks';
import { told } from './build-check.ts';

const at = (status: number) =>
  told(receiver, {}, { part: { name: 'ssf' }, output: () => 'https://api.example.com', statusOf: async () => status });

it('the receiver is there if it refuses a GET as it should', async () => {
  expect(await at(405)).toEqual(['ok https://api.example.com/ssf answers']);
});

it.each([404, 500, 503])('a receiver that answers a GET with %s is missing', async (status) => {
  expect(await at(status)).toEqual([expect.stringMatching(new RegExp(`^missing .*with ${status}, not 405: deploy`))]);
});
