import type { Case } from '#core/case';
import type { LoopSummary } from '../personas/steady-loop.ts';
import type { IdentityState } from './account.ts';
import type { Display } from './display.ts';
import type { OnRecord } from './follow.ts';
import type { Seen } from './story.ts';

/** Shows each record of a case as it is written. */
export const showRecord =
  (display: Display, since: number): OnRecord =>
  (step, found) => {
    const seconds = ((performance.timeOrigin + performance.now() - since) / 1000).toFixed(2);
    display.line(`  ${seconds.padStart(6)} s  ${step.padEnd(13)} ${tellingOf(step, found)}`);
  };

/** One line of what a step did, for people. */
function tellingOf(step: string, { facts, identity, signal }: Case): string {
  switch (step) {
    case 'open':
      return `case of ${identity.key}, ${signal}`;
    case 'contain':
      return (
        facts.contain?.done.map(({ action, credential }) => `${action} ${credential}`).join(', ') || 'nothing was cut'
      );
    case 'triage':
      return `${facts.triage?.secrets.length ?? 0} secret, ${facts.triage?.plan.length ?? 0} planned actions`;
    case 'assign-owner':
      return facts['assign-owner']?.owner ? `owner ${facts['assign-owner'].owner.owner}` : 'no owner found';
    case 'rotate':
      return (
        facts.rotate?.rotations.map(({ oldKeyId, newKeyId }) => `${oldKeyId} → ${newKeyId}`).join(', ') || 'nothing'
      );
    case 'revoke':
      return facts.revoke?.keys.map(({ keyId, note }) => `${keyId} ${note}`).join(', ') ?? '';
    case 'verify':
      return facts.verify?.credentials.map(({ credential, verdict }) => `${credential}: ${verdict}`).join(', ') ?? '';
    case 'close':
      return `verdict ${facts.close?.verdict}`;
    default:
      return facts.park ? `parked: ${facts.park.reason}` : '';
  }
}

/** Seconds since the event was accepted. */
export const secondsAfter = ({ acceptedAt }: Pick<Seen, 'acceptedAt'>, at: number): string =>
  ((at - acceptedAt) / 1000).toFixed(3);

export const refusalLine = (who: string, { firstRefusal }: LoopSummary, seen: Pick<Seen, 'acceptedAt'>): string =>
  `  ${who.padEnd(24)} ${firstRefusal ? `refused after ${secondsAfter(seen, firstRefusal.at)} s by ${firstRefusal.name}` : 'never refused'}`;

export const keysOf = (state: IdentityState | undefined): string =>
  (state?.keys ?? []).map(({ id, status }) => `${id} ${status}`).join(', ');

/** Every credential with its rungs. */
export const proofLines = (found: Case | null): string[] =>
  (found?.facts.verify?.credentials ?? []).flatMap(({ credential, verdict, rungs }) => [
    '',
    `${credential}: ${verdict}`,
    ...Object.entries(rungs).map(([rung, { result, reason }]) => `  ${rung.padEnd(14)} ${result.padEnd(14)} ${reason}`),
  ]);
