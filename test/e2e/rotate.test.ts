import {
  DeleteResourcePolicyCommand,
  PutResourcePolicyCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { cloud, findingOn, register, seed, stateOf } from './account.ts';
import { invoke, openByHand } from './invoke.ts';

const { endpoint, region, root, account } = cloud.engine;
const secrets = new SecretsManagerClient({ endpoint, region, credentials: root });
const upToRotate = ['contain', 'triage', 'assign-owner'] as const;

describe('a rotation that was interrupted between the new key and its secret', () => {
  it('deletes the key that nobody can ever use, makes another, and says so', async () => {
    const decoy = await seed.decoy('decoy-10', 'team-a');
    const input = await openByHand(findingOn(decoy));
    for (const step of upToRotate) expect(await invoke(step, input)).toMatchObject({ ok: true });

    const Statement = [
      {
        Effect: 'Deny',
        Principal: { AWS: `arn:aws:iam::${account}:role/rescind-${region}-rotate` },
        Action: 'secretsmanager:PutSecretValue',
        Resource: '*',
      },
    ];
    const ResourcePolicy = JSON.stringify({ Version: '2012-10-17', Statement });
    await secrets.send(new PutResourcePolicyCommand({ SecretId: decoy.secret.arn, ResourcePolicy }));
    expect(await invoke('rotate', input)).toMatchObject({
      ok: false,
      message: expect.stringContaining('AccessDenied'),
    });
    const orphan = (await stateOf(decoy.name))?.keys.find(({ id }) => id !== decoy.key.accessKeyId)?.id;
    expect(orphan).toBeDefined();

    await secrets.send(new DeleteResourcePolicyCommand({ SecretId: decoy.secret.arn }));
    expect(await invoke('rotate', input)).toEqual({ ok: true, next: 'revoke' });
    const [rotation] = (await register.load(input.caseId)).facts.rotate?.rotations ?? [];
    expect(rotation).toMatchObject({ outcome: 'rotated', orphansDeleted: [orphan] });
    const ids = (await stateOf(decoy.name))?.keys.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining([decoy.key.accessKeyId, rotation?.newKeyId]));
    expect(ids).toHaveLength(2);
  });

  it('is not repeated by a second invocation of the same step', async () => {
    const decoy = await seed.decoy('decoy-11', 'team-a');
    const input = await openByHand(findingOn(decoy));
    for (const step of [...upToRotate, 'rotate', 'rotate'] as const)
      expect(await invoke(step, input)).toMatchObject({ ok: true });
    expect((await stateOf(decoy.name))?.keys).toHaveLength(2);
    expect((await register.load(input.caseId)).records.map(({ step }) => step)).toEqual([
      'open',
      ...upToRotate,
      'rotate',
    ]);
  });
});
