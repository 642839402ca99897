import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { leaksIn, tracesOf } from '../../local/demo/traces.ts';
import { type Credential, clientConfig } from '../../local/personas/work.ts';
import { cloud, seed, stateOf } from './account.ts';
import { begin, heldBy, rotationSteps, schedule, unmanage, withoutStoring } from './schedule.ts';

async function callerOf(key: Credential): Promise<string> {
  const sts = new STSClient(clientConfig(cloud.engine, key));
  try {
    return (await sts.send(new GetCallerIdentityCommand({}))).Arn ?? '';
  } finally {
    sts.destroy();
  }
}
const scheduled = async (name: string) => {
  const decoy = await seed.decoy(name, 'team-a');
  await schedule(decoy);
  return decoy;
};
const keysOf = async (name: string) => (await stateOf(name))?.keys ?? [];

describe('the rotation function, by the events of Secrets Manager', () => {
  it('gives the secret a new key that is served, and leaves the old one active', async () => {
    const decoy = await scheduled('rotating-0');
    const { step } = await begin(decoy);
    for (const each of rotationSteps) expect([each, await step(each), await step(each)]).toEqual([each, null, null]);
    const now = await heldBy(decoy);
    expect(now.accessKeyId).not.toBe(decoy.key.accessKeyId);
    expect(await callerOf(now)).toBe(decoy.arn);
    expect((await keysOf(decoy.name)).map(({ status }) => status)).toEqual(['Active', 'Active']);

    const traces = tracesOf(cloud);
    expect(leaksIn(await traces.all(), [now.secretAccessKey, decoy.key.secretAccessKey])).toEqual([]);
    traces.close();
  });

  it('says why where the user has two keys already, and deletes neither', async () => {
    const decoy = await scheduled('rotating-1');
    await seed.secondKey(decoy.name);
    expect(await (await begin(decoy)).all()).toMatch(/two keys and IAM allows no third \(AKIA.*its owner deletes/);
    expect(await keysOf(decoy.name)).toHaveLength(2);
    expect((await heldBy(decoy)).accessKeyId).toBe(decoy.key.accessKeyId);
  });

  it('takes up a rotation that died between the new key and its secret', async () => {
    const decoy = await scheduled('rotating-2');
    const { step, all } = await begin(decoy);
    await withoutStoring(decoy, async () => {
      expect(await step('createSecret')).toContain('AccessDenied');
    });
    const orphan = (await keysOf(decoy.name)).find(({ id }) => id !== decoy.key.accessKeyId)?.id;
    expect(orphan).toBeDefined();
    expect(await all()).toBeNull();
    const now = await heldBy(decoy);
    const ids = (await keysOf(decoy.name)).map(({ id }) => id).toSorted();
    expect(ids).toEqual([decoy.key.accessKeyId, now.accessKeyId].toSorted());
    expect(ids).not.toContain(orphan);
    expect(await callerOf(now)).toBe(decoy.arn);
  });

  it('is refused by IAM for a secret that is not managed', async () => {
    const decoy = await scheduled('rotating-3');
    const { step } = await begin(decoy);
    await unmanage(decoy);
    expect(await step('createSecret')).toContain('AccessDenied');
    expect(await keysOf(decoy.name)).toHaveLength(1);
  });
});
