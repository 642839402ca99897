import { exportJWK, generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { usableKeys } from '#adapters/tokens';
import { RetryableError } from '#core/error';
import { algorithms } from '#core/receivers/ssf';
import { transmitter } from '../receivers/tokens.ts';
import { answering } from './answering.ts';

const set = async () => {
  const { jwk } = await transmitter('k1');
  return { keys: [jwk] };
};
let server: Awaited<ReturnType<typeof answering>>;
beforeAll(async () => {
  server = await answering({
    'GET /keys': { body: await set() },
    'GET /gone': { status: 404, body: {} },
    'GET /page': { body: new TextEncoder().encode('<html>') },
    'GET /other': { body: { keys: 'none' } },
  });
});
afterAll(() => server.close());

describe('the keys of an issuer that can verify a token', () => {
  it('are counted in a set of the settings', async () => {
    expect(await usableKeys(await set(), algorithms)).toBe(1);
  });

  it('are those alone by which a token is found that names their kid', async () => {
    const { keys } = await set();
    const [key] = keys;
    if (!key) throw new Error('no key');
    const { publicKey } = await generateKeyPair('RS256', { extractable: true });
    const forEncryption = { ...(await exportJWK(publicKey)), kid: 'k2', use: 'enc' };
    const unnamed = { ...key, kid: undefined };
    const shared = { kty: 'oct', kid: 'k3', k: 'c2VjcmV0' };
    const all = { keys: [key, forEncryption, unnamed, shared, { kty: 'EC', kid: 'k4' }] } as typeof key & {
      keys: (typeof key)[];
    };
    expect(await usableKeys(all, algorithms)).toBe(1);
    expect(await usableKeys({ keys: [key, key] }, algorithms)).toBe(0);
  });

  it.each([
    ['where they are published', 'keys', 1],
    ['as none where there is nothing', 'gone', 0],
    ['as none where there is a page', 'page', 0],
    ['as none where there is another document', 'other', 0],
  ])('are counted %s', async (_, path, count) => {
    expect(await usableKeys(`${server.url}/${path}`, algorithms)).toBe(count);
  });

  it('are not counted where nobody answers', async () => {
    await expect(usableKeys('http://127.0.0.1:1/keys', algorithms)).rejects.toBeInstanceOf(RetryableError);
  });
});
