import * as actions from '#core/actions';
import { canary, canaryPermissions } from '#core/canary';
import type { ActionResult, Case, CredentialProof, RungResult, Verdict } from '#core/case';
import { lookUpUser, lookUpUserPermissions } from '#core/look-up';
import { accessKey } from '#core/plan';
import type { Ports } from '#core/ports';
import type { Step } from './step.ts';

/** Climbs the rungs for every credential that the case has cut, and claims no more than was reached. */
export const verify: Step<'verify'> = {
  name: 'verify',
  permissions: [
    ...lookUpUserPermissions,
    ...canaryPermissions,
    ...Object.values(actions).flatMap(({ proofPermissions }) => proofPermissions),
  ],

  async run({ found }, ports) {
    const done = found.facts.contain?.done ?? [];
    const credentials = await Promise.all(done.map((result) => prove(result, found, ports)));
    credentials.push(...(await unaccountedKeys(found, ports)));
    const failed = credentials.some(({ rungs }) => Object.values(rungs).some(({ result }) => result === 'failed'));
    const verdict: Verdict =
      credentials.length > 0 && credentials.every((proof) => proof.verdict === 'revoked')
        ? 'revoked'
        : 'contained-not-proven';
    return {
      stage: 'verified',
      next: failed ? 'park' : 'close',
      facts: { verdict, credentials, openPoints: openPoints(found, credentials, ports) },
    };
  },
};

async function prove(done: ActionResult, found: Case, ports: Ports): Promise<CredentialProof> {
  const action = Object.values(actions).find(({ name }) => name === done.action);
  const user = found.facts.contain?.user;
  if (!action || !user)
    return proof(done.credential, 'access-key', { configured: failed('its action is unknown') }, ports);
  const isKey = action.cuts === 'access-key';
  const keyId = isKey ? done.credential.replace('access-key/', '') : undefined;
  const target = { caseId: found.id, user, cutoff: found.facts.contain?.cutoff ?? '', ...(keyId && { keyId }) };
  const [configured, denied] = await Promise.all([
    action.readBack(target, ports.aws),
    keyId ? canary(keyId, found, ports) : notAvailable('the case holds no session of this user to try'),
  ]);
  const simulated = notAvailable(
    isKey ? 'policy simulation does not look at the status of a key' : 'no simulator has been asked in this version',
  );
  return proof(done.credential, action.cuts, { configured, simulated, 'canary-denied': denied }, ports);
}

/** A key that is neither of before the cut nor ours: whoever holds the identity has made it meanwhile. */
async function unaccountedKeys(found: Case, ports: Ports): Promise<CredentialProof[]> {
  const known = found.facts.contain?.user;
  if (!known) return [];
  const ours = new Set([
    ...known.keys.map(({ id }) => id),
    ...(found.facts.rotate?.rotations ?? []).map(({ newKeyId }) => newKeyId),
  ]);
  const user = await lookUpUser(known.name, ports.aws);
  return (user?.keys ?? [])
    .filter(({ id, status }) => !ours.has(id) && status === 'Active')
    .map(({ id }) =>
      proof(
        accessKey(id),
        'access-key',
        { configured: failed('it appeared during the case and nobody accounts for it') },
        ports,
      ),
    );
}

function proof(
  credential: string,
  kind: 'access-key' | 'user-sessions',
  reached: Partial<CredentialProof['rungs']>,
  ports: Ports,
): CredentialProof {
  const { revokedAt, longestSessionSeconds } = ports.deployment.settings;
  const heldFrom = new Date(ports.now().getTime() + longestSessionSeconds * 1000).toISOString();
  const rungs: CredentialProof['rungs'] = {
    configured: notAvailable('it was not read back'),
    simulated: notAvailable('no simulator has been asked in this version'),
    'canary-denied': notAvailable('no credential of it is held by the case'),
    'log-confirmed': notAvailable('no trail is read in this version'),
    held: notAvailable(`a session could have lived until ${heldFrom}, and nobody has looked since`),
    ...reached,
  };
  const holds =
    rungs.configured.result === 'passed' &&
    rungs[revokedAt[kind]].result === 'passed' &&
    Object.values(rungs).every(({ result }) => result !== 'failed');
  return { credential, verdict: holds ? 'revoked' : 'contained-not-proven', rungs };
}

function openPoints(found: Case, credentials: CredentialProof[], ports: Ports): string[] {
  const { contain, triage, revoke, 'assign-owner': assigned } = found.facts;
  const lead = ports.deployment.settings.cutoffLeadSeconds;
  const points = credentials
    .filter(({ verdict }) => verdict !== 'revoked')
    .map(({ credential }) => `${credential} is contained; that it is revoked has not been proven`);
  if (contain?.cutoff)
    points.push(
      `sessions issued before ${contain.cutoff} are refused, those of the ${lead} s after the cut included: workloads that held one must ask for a new one`,
    );
  if (triage?.secrets.length === 0)
    points.push('no secret is linked to this user, so nothing was rotated: whoever uses the key must be found');
  if (!assigned?.owner) points.push('no owner was found');
  if (assigned?.conflict) points.push('owner tags disagree');
  for (const { keyId, dueAt } of revoke?.keys ?? [])
    points.push(`${keyId} stays inactive; its deletion is due ${dueAt}`);
  return points;
}

const notAvailable = (reason: string): RungResult => ({ result: 'not available', reason });
const failed = (reason: string): RungResult => ({ result: 'failed', reason });
