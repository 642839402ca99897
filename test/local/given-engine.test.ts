import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, startEngine } from '../../local/engine.ts';
import { givenEndpoint, givenEngine } from '../../local/given-engine.ts';

describe('RESCIND_ENDPOINT', () => {
  it.each(['http://127.0.0.1:4566', 'http://127.8.9.10:80', 'http://[::1]:4566', 'http://localhost:4566'])(
    'may name a loopback address: %s',
    (value) => {
      expect(givenEndpoint(value)).toBe(new URL(value).origin);
    },
  );

  it.each([
    ['https://127.0.0.1:4566', 'is not http'],
    ['http://10.0.0.1:4566', 'is no loopback address'],
    ['http://0.0.0.0:4566', 'is no loopback address'],
    ['http://127.0.0.1.example.com', 'is no loopback address'],
    ['http://localhost.example.com', 'is no loopback address'],
    ['http://[::ffff:10.0.0.1]:80', 'is no loopback address'],
    ['http://127.0.0.1:4566@example.com', 'is no loopback address'],
    ['http://user:secret@127.0.0.1:4566', 'has more than a host and a port'],
    ['http://127.0.0.1:4566/path', 'has more than a host and a port'],
    ['127.0.0.1:4566', 'is no URL'],
  ])('is refused in one line where it names anything else: %s', (value, why) => {
    expect(() => givenEndpoint(value)).toThrow(
      expect.objectContaining({
        code: 'ENDPOINT_REFUSED',
        message: expect.stringMatching(new RegExp(`^[^\n]*${why}`)),
      }),
    );
  });

  it('is optional', () => {
    expect(givenEndpoint('')).toBeUndefined();
  });
});

describe('an engine that runs already', { timeout: 30_000 }, () => {
  const dir = mkdtempSync(join(tmpdir(), 'given-'));
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine({ dir });
  });
  const servers: Server[] = [];
  afterAll(async () => {
    for (const server of servers) server.close();
    await engine.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it('is used as it is, with names of its own for this run, and outlives it', async () => {
    const given = await givenEngine(engine.endpoint);
    expect(given).toMatchObject({ endpoint: engine.endpoint, version: engine.version, port: engine.port });
    expect(given.suffix).toMatch(/^-[0-9a-z]+$/);
    await given.stop();
    expect((await givenEngine(engine.endpoint)).version).toBe(engine.version);
  });

  const serving = async (body: string): Promise<string> => {
    const server = createServer((_request, response) => response.end(body));
    servers.push(server);
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  it('is refused where it answers as something else', async () => {
    const endpoint = await serving('hello');
    await expect(givenEngine(endpoint)).rejects.toMatchObject({
      code: 'ENDPOINT_UNFIT',
      message: expect.stringMatching(/does not answer as a MiniStack: .*--keep/),
    });
  });

  it('is refused where it does not refuse a key that nobody has made', async () => {
    const endpoint = await serving('{"version":"1.5.33","auth":"disabled"}');
    await expect(givenEngine(endpoint)).rejects.toMatchObject({
      code: 'ENDPOINT_UNFIT',
      message: expect.stringContaining('does not enforce IAM'),
    });
  });
});
