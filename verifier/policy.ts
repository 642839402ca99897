import { sha256 } from './bytes.ts';
import { importP256, spkiOfPem } from './ecdsa.ts';
import { refuse } from './failure.ts';
import { recordSteps, type VerifyPolicy } from './format.ts';
import { digest, exactly, listOf, matching, object, text } from './shape.ts';
import { strictJson } from './strict-json.ts';

export interface PolicyKey {
  key: CryptoKey;
  steps: ReadonlySet<string>;
}

const shape = object(
  {
    records: listOf(
      object({
        keyid: digest,
        pem: text,
        steps: listOf(matching(new RegExp(`^(${recordSteps.join('|')})$`), 'a step')),
      }),
    ),
    log: exactly(null),
  },
  { note: text },
);

/** The keys that the auditor trusts, by keyid. Everything in the policy is checked: a slip in it must not pass as trust. */
export async function readPolicy(policy: VerifyPolicy | Uint8Array): Promise<Map<string, PolicyKey>> {
  const given = policy instanceof Uint8Array ? strictJson(policy, 'policy', 'policy') : policy;
  const flaw = shape(given, 'policy');
  if (flaw) refuse('policy', 'policy', flaw);
  const keys = new Map<string, PolicyKey>();
  for (const { keyid, pem, steps } of (given as VerifyPolicy).records) {
    const spki = spkiOfPem(pem);
    if (!spki) return refuse('policy', 'policy', `the pem of key ${keyid} is not one P-256 public key`);
    if ((await sha256(spki)) !== keyid) refuse('policy', 'policy', `keyid ${keyid} is not the SHA-256 of its pem`);
    const key = await importP256(spki);
    if (!key) return refuse('policy', 'policy', `the pem of key ${keyid} is no point of P-256`);
    if (keys.has(keyid)) refuse('policy', 'policy', `key ${keyid} is there twice: give its steps in one entry`);
    if (steps.length === 0) refuse('policy', 'policy', `key ${keyid} may sign no step`);
    keys.set(keyid, { key, steps: new Set(steps) });
  }
  if (keys.size === 0) refuse('policy', 'policy', 'names no key');
  return keys;
}
