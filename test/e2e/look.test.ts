import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteUserPolicyCommand, IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, it } from 'vitest';
import { evidenceBucket } from '#adapters/evidence';
import { kmsSigner } from '#adapters/signer';
import type { Case } from '#core/case';
import { recordSteps } from '#verifier/format';
import { verifyPack } from '#verifier/verify';
import { exportCommand } from '../../bin/commands/evidence-export.ts';
import { readPack } from '../../bin/commands/pack-files.ts';
import { trailRecord } from '../fake-trail.ts';
import { bus, caseOf, cloud, findingOn, register, seed, simulated, stateOf } from './account.ts';
import { call } from './invoke.ts';
import { deliver, makeTrail, trailBucket } from './trail.ts';

const { endpoint, region, root } = cloud.engine;
const s3 = new S3Client({ endpoint, region, credentials: root, forcePathStyle: true });
const folder = mkdtempSync(join(tmpdir(), 'rescind-look-'));

beforeAll(makeTrail);

/** A decoy's case once it is closed. */
async function closed(name: string): Promise<{ decoy: Awaited<ReturnType<typeof seed.decoy>>; found: Case }> {
  const decoy = await seed.decoy(name, 'team-a');
  await (await bus('operator-look')).put(simulated(findingOn(decoy)));
  return { decoy, found: await caseOf(decoy.name, ({ stage }) => stage === 'closed') };
}
const looked = (name: string) => caseOf(name, ({ facts }) => facts.look !== undefined);

/** A call by a session that the decoy issued before the cut, some seconds after it. */
function bySession({ facts: { contain } }: Case, seconds: number, overrides: object = {}) {
  const cutAt = Date.parse(contain?.cutAt ?? '');
  const caller = {
    type: 'IAMUser',
    principalId: contain?.user?.uniqueId,
    accessKeyId: 'ASIA1111222233334444',
    sessionContext: { attributes: { creationDate: new Date(cutAt - 60_000).toISOString() } },
  };
  return trailRecord(cutAt + seconds * 1000, caller, overrides);
}
const denied = {
  errorCode: 'AccessDenied',
  errorMessage: 'User: x is not authorized to perform: y with an explicit deny in an identity-based policy',
};
const sessionsOf = (found: Case) =>
  found.facts.look?.credentials.find(({ credential }) => credential.startsWith('user-sessions/'));

describe('a closed case', () => {
  it('is not looked at before its sessions must have ended, whoever calls the function', async () => {
    const { found } = await closed('decoy-34');
    const { answer } = await call('look', { caseId: found.id, run: 1 });
    expect(answer).toMatchObject({ outcome: 'nothing', reason: expect.stringMatching(/^a session can live until/) });
  });

  it('is looked at by its schedule, and its pack is whole with the look in it', async () => {
    const { decoy } = await closed('decoy-35');
    const found = await looked(decoy.name);
    expect(found).toMatchObject({ stage: 'closed', run: 1, facts: { look: { holds: true } } });
    expect(found.facts.look?.credentials.map(({ rungs }) => rungs.held.result)).toEqual(['passed', 'passed']);
    // The engine's simulator weighs no context, and is not believed.
    expect(sessionsOf(found)?.rungs.simulated.reason).toContain('answered a known question wrong');

    const evidence = evidenceBucket(cloud.outputs.EvidenceBucket, cloud.outputs.DataKey, s3);
    const out = join(folder, found.id);
    const silent = { out: () => undefined, err: () => undefined };
    expect(await exportCommand({ caseId: found.id, out }, { register, evidence }, silent)).toBe(0);
    const signer = kmsSigner(cloud.outputs.SignerKey, new KMSClient({ endpoint, region, credentials: root }));
    const key = { keyid: await signer.keyid(), pem: await signer.pem(), steps: [...recordSteps] };
    const pack = await readPack(out);
    if (!pack.ok) throw new Error(pack.failure.message);
    const verdict = await verifyPack(pack.files, { records: [key], log: null });
    expect(verdict).toMatchObject({ ok: true, closed: true, records: found.records.length });
    expect(found.records.at(-1)?.step).toBe('look');
  });

  it('has its sessions revoked where the trail shows refusals of them and no use', async () => {
    const { decoy, found } = await closed('decoy-36');
    expect(found.facts.close?.verdict).toBe('contained-not-proven');
    await deliver(found, [bySession(found, -30), bySession(found, 10, denied)]);
    const after = await looked(decoy.name);
    expect(sessionsOf(after)?.rungs['log-confirmed']).toMatchObject({
      result: 'passed',
      trail: { bucket: trailBucket },
    });
    expect(after.facts.look?.verdict).toBe('revoked');
  });

  it('is opened again where somebody has deleted the deny, and the next run puts it back', async () => {
    const { decoy, found } = await closed('decoy-37');
    const iam = new IAMClient({ endpoint, region, credentials: root });
    const PolicyName = `rescind-deny-sessions-${found.id}`;
    await iam.send(new DeleteUserPolicyCommand({ UserName: decoy.name, PolicyName }));
    const again = await caseOf(decoy.name, ({ run, stage }) => run === 2 && stage === 'closed');
    expect((await stateOf(decoy.name))?.policies.join()).toContain(PolicyName);
    expect(again.records.map(({ step }) => step)).toContain('look');
  });

  it('is opened again where the trail shows a session served after the cut', async () => {
    const { decoy, found } = await closed('decoy-38');
    const served = bySession(found, 5);
    await deliver(found, [bySession(found, 3, denied), served]);
    const again = await caseOf(decoy.name, ({ run }) => run === 2);
    expect(again.records.map(({ step }) => step)).toContain('look');
  });
});
