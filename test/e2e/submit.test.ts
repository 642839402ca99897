import { describe, expect, it } from 'vitest';
import { leaksIn, tracesOf } from '../../local/demo/traces.ts';
import type { SeededUser } from '../../local/seed.ts';
import { result, unverified } from '../sources/trufflehog-result.ts';
import { caseFor, caseOf, cloud, register, seed, stateOf } from './account.ts';
import { cliWith, operatorSession } from './operator.ts';

/** What TruffleHog prints of this user's key (pkg/output/json.go); no scan was made. */
const idsOf = ({ key: { accessKeyId, secretAccessKey } }: SeededUser) => ({
  ...{ Raw: accessKeyId, Redacted: accessKeyId, RawV2: `${accessKeyId}:${secretAccessKey}` },
});
const served = (user: SeededUser) =>
  result({ ...idsOf(user), ExtraData: { account: cloud.engine.account, arn: user.arn, user_id: user.uniqueId } });
const submit = async (as: Parameters<typeof cliWith>[1], ...lines: object[]) =>
  cliWith(lines.map((line) => JSON.stringify(line)).join('\n'), as, 'intake', 'submit', '-');
const isActive = async ({ name, key }: SeededUser) =>
  (await stateOf(name))?.keys.find(({ id }) => id === key.accessKeyId)?.status === 'Active';

describe('what a scanner has found', () => {
  it('is cut, rotated and closed once the operator has submitted it, and its secret is nowhere', async () => {
    const decoy = await seed.decoy('scanned', 'team-a');
    const { code, out } = await submit(await operatorSession('scanning'), served(decoy));
    expect([code, out]).toEqual([0, expect.stringMatching(/^submitted -:1: TruffleHog:verified: /)]);
    const found = await caseOf(decoy.name);
    expect(found).toMatchObject({
      ...{ stage: 'closed', simulated: false, signal: 'immediate' },
      facts: { rotate: { rotations: [{ outcome: 'rotated' }] } },
    });
    expect(await isActive(decoy)).toBe(false);
    const traces = tracesOf(cloud);
    const all = await traces.all();
    traces.close();
    expect(all.some(({ where, text }) => where.startsWith('s3 raw/') && text.includes('TruffleHog Result'))).toBe(true);
    expect(leaksIn(all, [decoy.key.secretAccessKey])).toEqual([]);
  });

  it('is recorded, and nothing is changed, where nobody has seen it work', async () => {
    const user = await seed.user('scanned-unverified', []);
    const { code } = await submit(await operatorSession('scanning-unverified'), unverified(idsOf(user)));
    const found = await caseFor(`access-key/${user.key.accessKeyId}`);
    expect([code, found.stage, await isActive(user)]).toEqual([0, 'noted', true]);
  });

  it('is taken from nobody but the operator, whatever his rights', async () => {
    const decoy = await seed.decoy('scanned-by-forger', 'team-a');
    const forger = await seed.user('scan-forger', [
      { Effect: 'Allow', Action: ['sqs:*', 'cloudformation:DescribeStacks'], Resource: '*' },
    ]);
    const { code, out, err } = await submit(forger.key, served(decoy));
    expect([code, out, err]).toEqual([3, '', expect.stringContaining('OperatorRole')]);
    expect((await register.list(300)).filter(({ identity }) => identity.name === decoy.name)).toEqual([]);
    expect(await isActive(decoy)).toBe(true);
  });
});
