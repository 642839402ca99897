import { writeFile } from 'node:fs/promises';
import { recordSteps, type VerifyPolicy } from '#verifier/format';
import type { Terminal } from '../terminal.ts';
import type { Deployed } from './stack.ts';

/** `rescind evidence policy`: the policy file for this deployment's signing key, as KMS gives it to the caller. */
export async function policyCommand(
  { out: file }: { out?: string },
  { signer, signerKey }: Pick<Deployed, 'signer' | 'signerKey'>,
  { out, err }: Pick<Terminal, 'out' | 'err'>,
): Promise<number> {
  const policy: VerifyPolicy = {
    records: [{ keyid: await signer.keyid(), pem: await signer.pem(), steps: [...recordSteps] }],
    log: null,
    note: `Self-issued: asked of KMS (${signerKey}) by whoever ran "rescind evidence policy". An auditor asks KMS for this key with credentials of their own and keeps this file apart from the packs.`,
  };
  const text = JSON.stringify(policy, null, 2);
  if (!file) {
    for (const line of text.split('\n')) out(line);
    return 0;
  }
  try {
    await writeFile(file, `${text}\n`, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    err(`${file} exists: an auditor's policy is not overwritten; name a new file`);
    return 2;
  }
  out(file);
  err('self-issued: an auditor should ask KMS for this key with credentials of their own');
  return 0;
}
