import * as actions from '#core/actions';
import type { Case } from '#core/case';
import { lookUpAgain, lookUpAgainPermissions, targetNow } from '#core/facts/target-now';
import type { Permission } from '#core/permission';
import type { ProofPorts } from '#core/ports';
import { ownKeys } from '#core/run/told';
import type { ActionResult, CredentialProof, CutsMade, RungResult, Verdict } from '#core/step-facts';
import { canaryDenied, canaryDeniedPermissions } from './canary-denied.ts';
import { configured } from './configured.ts';
import { type Cut, cutOf } from './cut.ts';
import { held } from './held.ts';
import { logConfirmed, logConfirmedPermissions } from './log-confirmed.ts';
import { failed, notAvailable, passed } from './result.ts';
import { simulated, simulatedPermissions } from './simulated.ts';

export const climbPermissions: Permission[] = [
  ...lookUpAgainPermissions,
  { action: 'iam:GetRole', on: 'role' },
  ...Object.values(actions).flatMap(({ proofPermissions }) => proofPermissions),
  ...simulatedPermissions,
  ...canaryDeniedPermissions,
  ...logConfirmedPermissions,
];

/** Every rung for every credential that the case has cut. */
export const climb = (found: Case, ports: ProofPorts): Promise<CredentialProof[]> =>
  Promise.all(found.cuts.flatMap((made) => made.done.map((done) => prove(done, made, found, ports))));

async function prove(done: ActionResult, made: CutsMade, found: Case, ports: ProofPorts): Promise<CredentialProof> {
  const told = cutOf(done, made, found.id);
  if (!told) return unproven(done.credential, failed('its action is unknown, or the identity that it cut'));
  const target = await targetNow(told.target, ports.aws);
  if ('gone' in target) return withoutHolder(done.credential, isGone(told, target.gone), found, ports);
  const cut = { ...told, target };
  const [shown, simulation, denied, confirmed] = await Promise.all([
    configured(cut, ports),
    simulated(cut, ports.aws),
    canaryDenied(cut, found, ports),
    logConfirmed(cut, ports),
  ]);
  const reached = { configured: shown, simulated: simulation, 'canary-denied': denied, 'log-confirmed': confirmed };
  const rungs = { ...reached, held: held(reached, found, ports) };
  const revokedAt = ports.deployment.settings.revokedAt[cut.action.cuts];
  const holds =
    shown.result === 'passed' &&
    rungs[revokedAt].result === 'passed' &&
    Object.values(rungs).every(({ result }) => result !== 'failed');
  return { credential: done.credential, verdict: holds ? 'revoked' : 'contained-not-proven', rungs };
}

/** There is nobody any more who holds the credential. */
function isGone({ target }: Cut, now: string | null): string {
  const known = 'user' in target ? target.user : target.role;
  return `${known.arn} (${known.uniqueId}) is gone${now ? `; another one of its name lives: ${now}` : ''}`;
}

/** Nothing is left of it to be tried. */
function withoutHolder(credential: string, gone: string, found: Case, ports: ProofPorts): CredentialProof {
  const none = notAvailable(gone);
  const others = { configured: passed(gone), simulated: none, 'canary-denied': none, 'log-confirmed': none };
  return { credential, verdict: 'contained-not-proven', rungs: { ...others, held: held(others, found, ports) } };
}

/** A credential that nobody can prove to be cut: by what is known of it, that has failed or cannot be asked. */
export function unproven(credential: string, configured: RungResult): CredentialProof {
  const none: RungResult = notAvailable('there is no cut of it that could be tried');
  return {
    credential,
    verdict: 'contained-not-proven',
    rungs: { configured, simulated: none, 'canary-denied': none, 'log-confirmed': none, held: none },
  };
}

export const hasFailed = ({ rungs }: CredentialProof): boolean =>
  Object.values(rungs).some(({ result }) => result === 'failed');

/** A case is as proven as its weakest credential. */
export const weakest = (credentials: CredentialProof[]): Verdict =>
  credentials.length > 0 && credentials.every(({ verdict }) => verdict === 'revoked')
    ? 'revoked'
    : 'contained-not-proven';

/** Active keys that are neither of before the first cut nor ours: whoever holds the identity has made them meanwhile. */
export async function unaccountedKeys(found: Case, { aws }: ProofPorts): Promise<string[]> {
  const { facts, keysBefore } = found;
  const known = facts.contain?.user;
  if (!known || !keysBefore) return [];
  const ours = new Set([...keysBefore, ...ownKeys(found)]);
  const user = await lookUpAgain(known, aws);
  return (user?.keys ?? []).filter(({ id, status }) => !ours.has(id) && status === 'Active').map(({ id }) => id);
}
