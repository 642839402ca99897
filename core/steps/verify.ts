import type { Case } from '#core/case';
import { accessKey } from '#core/credential';
import type { Ports } from '#core/ports';
import { climb, climbPermissions, hasFailed, unaccountedKeys, unproven, weakest } from '#core/proof/climb';
import { actionNamed } from '#core/proof/cut';
import { failed, notAvailable } from '#core/proof/result';
import { roleOpenPoints } from '#core/proof/role-open-points';
import { allCut, begunOf, nameOf } from '#core/run/told';
import type { Answer, CredentialProof, Verdict } from '#core/step-facts';
import type { Step } from './step.ts';

/** Climbs the rungs for every credential that the case has cut, and claims no more than was reached. */
export const verify: Step<'verify'> = {
  name: 'verify',
  permissions: climbPermissions,

  async run({ found }, ports) {
    const [proofs, strangers] = await Promise.all([climb(found, ports), unaccountedKeys(found, ports)]);
    const appeared = 'it appeared during the case and nobody accounts for it';
    const isAccepted = (id: string) => found.accepted.includes(id);
    const credentials = [
      ...proofs,
      ...uncut(found),
      ...strangers.filter((id) => !isAccepted(id)).map((id) => unproven(accessKey(id), failed(appeared))),
    ];
    return {
      stage: 'verified',
      next: credentials.some(hasFailed) ? 'park' : 'close',
      facts: {
        verdict: verdictOf(found, credentials, strangers),
        credentials,
        openPoints: [
          ...openPoints(found, credentials, ports),
          ...strangers
            .filter(isAccepted)
            .map((id) => `${accessKey(id)} is active and nobody accounts for it: it was told, and a retry let it be`),
        ],
        strangers,
      },
    };
  },
};

/** A cut of which no record tells whether it was made, or a key that nobody accounts for, is not proven by the others. */
export const verdictOf = (found: Case, credentials: CredentialProof[], strangers: string[]): Verdict =>
  begunOf(found).length + strangers.length > 0 ? 'contained-not-proven' : weakest(credentials);

/**
 * What the findings ask to be cut and is not, because the mode has changed, AWS refused it, or it is left to a person,
 * and what was taken back since.
 */
export function uncut(found: Case): CredentialProof[] {
  const { facts, lifted } = found;
  const isCut = new Set(allCut(found).map(nameOf));
  const planned = (facts.triage?.plan ?? facts.contain?.plan ?? [])
    .filter(({ action }) => actionNamed(action))
    .map((cut) => ({ ...cut, why: undone[cut.would ?? cut.answer] }));
  const missing = [...planned, ...lifted.map((cut) => ({ ...cut, why: 'its cut was taken back' }))];
  const named = new Map(missing.filter((cut) => !isCut.has(nameOf(cut))).map((cut) => [nameOf(cut), cut]));
  return [...named.values()].map(({ credential, why }) => unproven(credential, notAvailable(why)));
}

const undone: Record<Answer, string> = {
  auto: 'policy allows its cut and nobody has made it',
  approval: 'a person was asked about its cut and nobody has decided',
  forbidden: 'policy forbids its cut',
};

/** What is left to people, by what was proven. */
export function openPoints(found: Case, credentials: CredentialProof[], ports: Pick<Ports, 'deployment'>): string[] {
  const { triage, rotate, revoke, 'assign-owner': assigned } = found.facts;
  const lead = ports.deployment.settings.cutoffLeadSeconds;
  const isShown = (name: string) =>
    credentials.some(({ credential, rungs }) => credential === name && rungs.configured.result === 'passed');
  const points = credentials.filter(({ verdict }) => verdict !== 'revoked').map(unprovenPoint);
  points.push(
    ...(found.facts.contain?.others ?? []).map(
      (id) => `${id} is open about the same identity: read both before you decide`,
    ),
  );
  const unread = found.facts.contain?.unread ?? 0;
  if (unread > 0) points.push(`${unread} further findings were attached and not read: too many came`);
  points.push(
    ...begunOf(found).map(
      ({ action, credential }) =>
        `${action} of ${credential} was begun, and no record says whether it was done: look by hand`,
    ),
    ...found.cuts
      .filter(({ done }) =>
        done.some(({ credential }) => credential.startsWith('user-sessions/') && isShown(credential)),
      )
      .map(
        ({ cutoff }) =>
          `sessions issued before ${cutoff} are refused, those of the ${lead} s after the cut included: workloads that held one must ask for a new one`,
      ),
  );
  if (triage?.user && triage.password)
    points.push(
      `${triage.user.name} can still sign in by password, which no cut takes: delete the password or change it`,
    );
  if (triage?.user)
    points.push(
      `service-specific credentials, SSH keys and signing certificates of ${triage.user.name} are not cut and were not searched for`,
    );
  points.push(...roleOpenPoints(found, lead, isShown));
  const isKeyCut = allCut(found).some(({ action }) => action === 'deactivate-access-key');
  if (isKeyCut && triage?.secrets.length && rotate?.rotations.length === 0)
    points.push(
      'no linked secret holds a key that was cut, so nothing was rotated: whoever uses the key must be found',
    );
  if (isKeyCut && triage?.user && triage.secrets.length === 0)
    points.push('no secret is linked to this user, so nothing was rotated: whoever uses the key must be found');
  if (!assigned?.owner) points.push('no owner was found');
  if (assigned?.conflict) points.push('owner tags disagree');
  for (const { keyId, dueAt } of revoke?.keys ?? [])
    if (isShown(accessKey(keyId))) points.push(`the deletion of ${keyId} is its owner's and is due ${dueAt}`);
  return points;
}

/** By the first rung that failed, whatever else was passed. */
function unprovenPoint({ credential, rungs }: CredentialProof): string {
  const results = Object.entries(rungs);
  const [broken] = results.filter(([, { result }]) => result === 'failed');
  if (broken) return `${credential} is not shown to be cut: ${broken[0]}: ${broken[1].reason}`;
  return results.some(([, { result }]) => result === 'passed')
    ? `${credential} is contained; that it is revoked has not been proven`
    : `${credential} is not shown to be cut: ${rungs.configured.reason}`;
}
