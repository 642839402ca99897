import { importJWK, SignJWT } from 'jose';
import { describe, expect, inject, it } from 'vitest';
import { cloud, register, seed } from './account.ts';
import { audience, issuer, mappedDecoy, transmitterKid } from './deployed.ts';

const { endpoint, suffix } = cloud.engine;
const [, apiId] = /^https:\/\/([^.]+)\./.exec(cloud.outputs.ReceiverUrl ?? '') ?? [];
/** The engine serves an API below its own address (`../shared/reference/engine.md`). */
const push = (
  body: string,
  path = '/ssf',
  headers: Record<string, string> = { 'content-type': 'application/secevent+jwt' },
) => fetch(`${endpoint}/_aws/execute-api/${apiId}/$default${path}`, { method: 'POST', headers, body });

/** A token as a standard library of JOSE makes it. */
async function token(name: string, overrides: object = {}) {
  const key = await importJWK(inject('transmitter'), 'ES256');
  const claims = {
    ...{ iss: issuer, aud: audience, iat: Math.floor(Date.now() / 1000), jti: `${name}-${Date.now()}` },
    sub_id: { format: 'email', email: `${name}@example.com` },
    events: { 'https://schemas.openid.net/secevent/caep/event-type/session-revoked': {} },
    ...overrides,
  };
  return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: transmitterKid, typ: 'secevent+jwt' }).sign(key);
}
const casesOf = async (key: string) => (await register.list(200)).filter(({ identity }) => identity.key === key);

describe('a security event token that is pushed', () => {
  it('becomes a case about the user whom the table names, and one that is pushed again does not', async () => {
    const decoy = await seed.decoy(mappedDecoy, 'team-a');
    const pushed = await token('mapped');
    const first = await push(pushed);
    expect([first.status, await first.text()]).toEqual([202, '']);
    expect((await push(pushed)).status).toBe(202);
    const key = `user/${cloud.engine.account}/${decoy.name}`;
    await expect
      .poll(() => casesOf(key).then((all) => all.map(({ stage }) => stage)), { timeout: 60_000 })
      .toEqual(['parked']);
    const [found] = await casesOf(key);
    expect([found?.attached, found?.simulated, found?.signal]).toEqual([1, false, 'blocking']);
  });

  it.each<[string, number, () => Promise<Response>]>([
    ['of another audience', 400, async () => push(await token('x', { aud: 'https://other.example.com' }))],
    ['that was changed', 400, async () => push(`${await token('x')}x`)],
    ['that is junk', 400, async () => push('junk')],
    ['to a receiver that is off', 404, async () => push(await token('x'), '/github')],
  ])('%s gets %s and opens no case', async (_, status, pushing) => {
    const before = (await register.list(200)).filter(({ identity }) => identity.key.startsWith('unknown/ssf/')).length;
    const response = await pushing();
    expect([response.status, response.headers.get('content-type')]).toEqual([status, 'application/json']);
    expect((await register.list(200)).filter(({ identity }) => identity.key.startsWith('unknown/ssf/'))).toHaveLength(
      before,
    );
    expect(suffix).toBeDefined();
  });
});
