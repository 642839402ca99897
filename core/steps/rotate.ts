import { lookUpAgain, lookUpAgainPermissions } from '#core/facts/target-now';
import { allowedNoLonger } from '#core/plan/allowed-no-longer';
import * as rotators from '#core/rotators';
import { allCut, rotationsAfter } from '#core/run/told';
import type { KeyUse, Rotation, UserFacts } from '#core/step-facts';
import type { Outcome, Step } from './step.ts';

/** Replaces every secret that holds a key of the identity. */
export const rotate: Step<'rotate'> = {
  name: 'rotate',
  permissions: [...lookUpAgainPermissions, ...Object.values(rotators).flatMap(({ permissions }) => permissions)],

  async run({ found }, ports) {
    const compromised = allCut(found)
      .filter(({ action }) => action === 'deactivate-access-key')
      .map(({ credential }) => credential.replace('access-key/', ''));
    const known = found.facts.contain?.user;
    let rotations = found.work.rotated ?? [];
    for (const secret of found.facts.triage?.secrets ?? []) {
      const brake = await ports.stopped();
      if (brake) return { stage: 'rotated', next: 'park', facts: { rotations, blocked: null, brake } };
      // What the next secret fails at must not take this from the record.
      if (rotations !== found.work.rotated && rotations.length > 0) await ports.keep({ rotated: rotations });
      // Anew for each secret: a key made for the one before must count among those that were there before the next.
      const user = known ? withOwn(await lookUpAgain(known, ports.aws), rotations) : null;
      const intent = found.work.rotation?.[secret.arn];
      const done = rotations;
      const blockedBy = (reason: string, keys: KeyUse[] = []): Outcome<'rotate'> => ({
        ...{ stage: 'rotated', next: 'park' },
        facts: { rotations: done, blocked: { secret: secret.arn, reason, keys } },
      });
      if (!user) return blockedBy('its user is gone, or another one has taken its name');
      const less = allowedNoLonger(found, user, ports.deployment.settings);
      if (less) return blockedBy(less);
      const result = await rotators.iamAccessKey.rotate({ secret, user, compromised, intent }, ports);
      if (result.outcome === 'blocked') return blockedBy(result.reason, result.keys);
      if (result.outcome === 'rotated') rotations = rotationsAfter(rotations, [result.rotation]);
    }
    return { stage: 'rotated', next: 'revoke', facts: { rotations, blocked: null } };
  },
};

/** IAM may list a key late that the case made a moment ago for another secret: it is no orphan of the next one's. */
function withOwn(user: UserFacts | null, rotations: Rotation[]): UserFacts | null {
  if (!user) return null;
  const made = rotations.map(({ newKeyId }) => newKeyId).filter((made) => !user.keys.some(({ id }) => id === made));
  return { ...user, keys: [...user.keys, ...made.map((id) => ({ id, status: 'Active', createdAt: null }))] };
}
