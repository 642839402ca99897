import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recordSteps } from '#verifier/format';
import { policyCommand } from '../../../bin/commands/evidence-policy.ts';
import { printed, storedCase } from '../stored-case.ts';

describe('rescind evidence policy', () => {
  it("prints this deployment's key for every step, and says that it is self-issued", async () => {
    const deployed = await storedCase([]);
    const { io, out } = printed();
    expect(await policyCommand({}, deployed, io)).toBe(0);
    expect(JSON.parse(out.join('\n'))).toEqual({
      records: [{ keyid: await deployed.signer.keyid(), pem: await deployed.signer.pem(), steps: [...recordSteps] }],
      log: null,
      note: expect.stringMatching(/^Self-issued: .*key\/0000.* with credentials of their own/),
    });
  });

  it('writes a new file and never over an old one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rescind-policy-'));
    const file = join(folder, 'policy.json');
    const deployed = await storedCase([]);
    expect(await policyCommand({ out: file }, deployed, printed().io)).toBe(0);
    const first = await readFile(file, 'utf8');
    expect(await policyCommand({ out: file }, await storedCase([]), printed().io)).toBe(2);
    expect(await readFile(file, 'utf8')).toBe(first);
    await rm(folder, { recursive: true });
  });
});
