import { describe, expect, it } from 'vitest';
import { triage } from '#core/steps';
import { aCase, ports } from '../build-case.ts';
import { finding } from '../build-finding.ts';
import { fakeAws } from '../fake-aws.ts';
import { userId, userKey } from '../sources/guardduty-finding.ts';

function world(settings: Record<string, unknown> = {}) {
  const aws = fakeAws();
  aws.addKey(aws.addUser('alice', { owner: 'identity' }, userId), userKey);
  const around = ports({ aws, settings });
  const about = finding();
  return { ...around, run: () => triage.run({ found: aCase({}, about), findings: [about] }, around.ports) };
}

describe('triage', () => {
  it('finds the secrets that say they hold a key of the user, on every page', async () => {
    const { aws, run } = world();
    for (let each = 1; each <= 5; each += 1) aws.addSecret(`s${each}`, { 'rescind-user': 'alice' }, '{}');
    expect((await run())?.facts.secrets.map(({ name }) => name)).toEqual(['s1', 's2', 's3', 's4', 's5']);
  });

  it.each([
    ['of another user whose name begins alike', { 'rescind-user': 'alice2' }],
    ['whose tag key begins alike', { 'rescind-user-old': 'alice' }],
    ['that hold the name in another tag', { 'rescind-user': 'bob', note: 'alice' }],
  ])('leaves secrets alone %s', async (_, tags) => {
    const { aws, run } = world();
    aws.addSecret('other', tags, '{}');
    expect((await run())?.facts.secrets).toEqual([]);
  });

  it('does not take silence of AWS for the absence of secrets', async () => {
    const { aws, run } = world();
    aws.fail('secretsmanager:ListSecrets', 1, 'nothing');
    await expect(run()).rejects.toMatchObject({ code: 'ANSWER_UNEXPECTED' });
  });

  it.each([true, false])('tells whether the user can sign in by a password (%s)', async (password) => {
    const { aws, run } = world();
    Object.assign(aws.users.get('alice') as object, { password });
    expect((await run())?.facts.password).toBe(password);
  });

  it('follows the tags that the settings name', async () => {
    const { aws, run } = world({ tags: { user: 'holds-key-of', owner: 'team' } });
    aws.addSecret('s', { 'holds-key-of': 'alice', team: 'shop' }, '{}');
    expect((await run())?.facts).toMatchObject({ secrets: [{ name: 's' }], candidates: [{ owner: 'shop' }] });
  });

  it('keeps every owner candidate, the most credible first', async () => {
    const { aws, run } = world();
    aws.addSecret('s', { 'rescind-user': 'alice', owner: 'shop' }, '{}');
    expect((await run())?.facts.candidates.map(({ owner }) => owner)).toEqual(['shop', 'identity']);
  });

  it('is not led astray by tags that look like parts of an object', async () => {
    const { aws, run } = world({ tags: { user: 'constructor' } });
    aws.addSecret('s', { __proto__x: 'alice' }, '{}');
    expect((await run())?.facts.secrets).toEqual([]);
  });
});
