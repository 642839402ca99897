import { expect, it } from 'vitest';
import { keySet } from '#core/checks';
import { RetryableError } from '#core/error';
import { told } from './build-check.ts';

const transmitter = (n: number) => ({
  issuer: `https://idp.example.com/${n}`,
  audience: 'https://rescind.example.com/ssf',
  keys: `https://idp.example.com/${n}/keys`,
  subjects: {},
});
const settings = { identityProviders: { ssf: [transmitter(1), transmitter(2), transmitter(3)] } };

it('each issuer is told of by itself: with keys, without one, and one that does not answer', async () => {
  const usableKeys = async (keys: unknown) => {
    if (keys === transmitter(3).keys) throw new RetryableError('no answer');
    return keys === transmitter(1).keys ? 2 : 0;
  };
  expect(await told(keySet, {}, { settings, usableKeys })).toEqual([
    'ok https://idp.example.com/1 keys in https://idp.example.com/1/keys that can verify a token: 2',
    expect.stringMatching(/^missing https:\/\/idp.example.com\/2 .*has no key with a kid that can verify a token: ask/),
    expect.stringMatching(/^unknown https:\/\/idp.example.com\/3 .*does not answer from here: try again/),
  ]);
});

it('a set in the settings is told without the set', async () => {
  const keys = { keys: [{ kty: 'EC', kid: 'k1' }] };
  const inline = { identityProviders: { ssf: [{ ...transmitter(1), keys }] } };
  expect(await told(keySet, {}, { settings: inline })).toEqual([
    'ok https://idp.example.com/1 keys in the settings that can verify a token: 1',
  ]);
});
