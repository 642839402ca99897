import { evidenceBucket } from '#adapters/evidence';
import { caseTable } from '#adapters/register';
import { kmsSigner } from '#adapters/signer';
import { stackOutputs } from '#adapters/stack-outputs';
import { RescindError } from '#core/error';
import type { EvidenceStore, Register, Signer } from '#core/ports';

/** What the commands use of a deployment, with the caller's own credentials. */
export interface Deployed {
  register: Pick<Register, 'load' | 'list' | 'findings'>;
  evidence: Pick<EvidenceStore, 'get'>;
  signer: Pick<Signer, 'keyid'> & { pem(): Promise<string> };
  signerKey: string;
}

/** Finds a deployment by the name of its stack. */
export async function connect(stack: string): Promise<Deployed> {
  const outputs = await stackOutputs(stack);
  const output = (name: string): string => {
    const value = outputs.get(name);
    if (!value)
      throw new RescindError(
        'ANSWER_UNEXPECTED',
        `stack ${stack} has no output ${name}: it is no deployment of Rescind`,
      );
    return value;
  };
  const signerKey = output('SignerKey');
  return {
    register: caseTable(output('RegisterTable')),
    evidence: evidenceBucket(output('EvidenceBucket'), output('DataKey')),
    signer: kmsSigner(signerKey),
    signerKey,
  };
}
