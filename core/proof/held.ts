import type { Case } from '#core/case';
import type { ProofPorts } from '#core/ports';
import type { Settings } from '#core/settings';
import type { Rung, RungResult } from '#core/step-facts';
import { failed, notAvailable, passed } from './result.ts';

const longestOfRole = 12 * 3600;

/**
 * When the last session must have ended that could have been issued before the cut: nothing was cut before that, and
 * then nothing that was cut can be alive. For a role that is the longest that AssumeRole allows, whatever its own maximum
 * is now: that does not bind AWS services (API reference, UpdateRole: MaxSessionDuration), and who lowers it leaves the
 * sessions of before as they are.
 */
export function heldFrom({ cuts }: Pick<Case, 'cuts'>, { longestSessionSeconds }: Settings): Date | null {
  const ends = cuts.flatMap(({ cutoff, cutAt, role }) => {
    const seconds = role ? Math.min(longestSessionSeconds, longestOfRole) : longestSessionSeconds;
    return [cutoff, cutAt].flatMap((time) => (time ? [Date.parse(time) + seconds * 1000] : []));
  });
  return ends.length > 0 ? new Date(Math.max(...ends)) : null;
}

/** The rung *held*: the others, climbed when the longest session must have ended, still stand. */
export function held(
  others: Record<Exclude<Rung, 'held'>, RungResult>,
  found: Case,
  { now, deployment }: Pick<ProofPorts, 'now' | 'deployment'>,
): RungResult {
  const from = heldFrom(found, deployment.settings);
  if (!from) return notAvailable('the record of the cut does not say when it was made');
  if (now() < from)
    return notAvailable(`a session could have lived until ${from.toISOString()}, and nobody has looked since`);
  const results = Object.entries(others);
  const broken = results.filter(([, { result }]) => result === 'failed').map(([rung]) => rung);
  if (broken.length > 0) return failed(`looked at after ${from.toISOString()}: ${broken.join(', ')} failed`);
  if (others.configured.result !== 'passed') return notAvailable('it could not be read back at the look');
  const standing = results.filter(([, { result }]) => result === 'passed').map(([rung]) => rung);
  return passed(
    `looked at after ${from.toISOString()}, when no session of before the cut can live: ${standing.join(', ')} still passed`,
  );
}
