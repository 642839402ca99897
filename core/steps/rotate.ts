import type { Rotation } from '#core/case';
import { lookUpUser, lookUpUserPermissions } from '#core/look-up';
import * as rotators from '#core/rotators';
import type { Step } from './step.ts';

/** Replaces every secret that holds a key of the identity. */
export const rotate: Step<'rotate'> = {
  name: 'rotate',
  permissions: [...lookUpUserPermissions, ...Object.values(rotators).flatMap(({ permissions }) => permissions)],

  async run({ found }, ports) {
    const compromised = (found.facts.contain?.done ?? [])
      .filter(({ action }) => action === 'deactivate-access-key')
      .map(({ credential }) => credential.replace('access-key/', ''));
    const name = found.facts.contain?.user?.name;
    const user = name ? await lookUpUser(name, ports.aws) : null;
    const rotations: Rotation[] = [];
    for (const secret of user ? (found.facts.triage?.secrets ?? []) : []) {
      if (!user) break;
      const order = { secret, user, compromised, intent: found.work.rotation?.[secret.arn] };
      const result = await rotators.iamAccessKey.rotate(order, ports);
      if (result.outcome === 'blocked') {
        const { reason, keys } = result;
        return { stage: 'rotated', next: 'park', facts: { rotations, blocked: { secret: secret.arn, reason, keys } } };
      }
      rotations.push(result.rotation);
    }
    return { stage: 'rotated', next: 'revoke', facts: { rotations, blocked: null } };
  },
};
