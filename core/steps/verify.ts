import type { Case } from '#core/case';
import { accessKey } from '#core/credential';
import type { Ports } from '#core/ports';
import { climb, climbPermissions, hasFailed, unaccountedKeys, unproven, weakest } from '#core/proof/climb';
import { roleOpenPoints } from '#core/proof/role-open-points';
import { begunOf } from '#core/run/cuts';
import type { CredentialProof, Verdict } from '#core/step-facts';
import type { Step } from './step.ts';

/** Climbs the rungs for every credential that the case has cut, and claims no more than was reached. */
export const verify: Step<'verify'> = {
  name: 'verify',
  permissions: climbPermissions,

  async run({ found }, ports) {
    const [proofs, strangers] = await Promise.all([climb(found, ports), unaccountedKeys(found, ports)]);
    const appeared = 'it appeared during the case and nobody accounts for it';
    const credentials = [...proofs, ...strangers.map((id) => unproven(accessKey(id), appeared))];
    return {
      stage: 'verified',
      next: credentials.some(hasFailed) ? 'park' : 'close',
      facts: { verdict: verdictOf(found, credentials), credentials, openPoints: openPoints(found, credentials, ports) },
    };
  },
};

/** A cut that was begun and of which no record tells is not proven, whatever is said of the others. */
export const verdictOf = (found: Case, credentials: CredentialProof[]): Verdict =>
  begunOf(found).length > 0 ? 'contained-not-proven' : weakest(credentials);

/** What is left to people, by what was proven. */
export function openPoints(found: Case, credentials: CredentialProof[], ports: Pick<Ports, 'deployment'>): string[] {
  const { triage, rotate, revoke, 'assign-owner': assigned } = found.facts;
  const lead = ports.deployment.settings.cutoffLeadSeconds;
  const points = credentials
    .filter(({ verdict }) => verdict !== 'revoked')
    .map(({ credential }) => `${credential} is contained; that it is revoked has not been proven`);
  points.push(
    ...begunOf(found).map(
      ({ action, credential }) =>
        `${action} of ${credential} was begun, and no record says whether it was done: look by hand`,
    ),
    ...found.cuts
      .filter(({ done }) => done.some(({ credential }) => credential.startsWith('user-sessions/')))
      .map(
        ({ cutoff }) =>
          `sessions issued before ${cutoff} are refused, those of the ${lead} s after the cut included: workloads that held one must ask for a new one`,
      ),
  );
  if (triage?.user && triage.password)
    points.push(
      `${triage.user.name} can still sign in by password, which no cut takes: delete the password or change it`,
    );
  points.push(...roleOpenPoints(found, lead));
  if (triage?.secrets.length && rotate?.rotations.length === 0)
    points.push(
      'no linked secret holds a key that was cut, so nothing was rotated: whoever uses the key must be found',
    );
  if (triage?.user && triage.secrets.length === 0)
    points.push('no secret is linked to this user, so nothing was rotated: whoever uses the key must be found');
  if (!assigned?.owner) points.push('no owner was found');
  if (assigned?.conflict) points.push('owner tags disagree');
  for (const { keyId, dueAt } of revoke?.keys ?? [])
    points.push(`${keyId} stays inactive; its deletion is due ${dueAt}`);
  return points;
}
