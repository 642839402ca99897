import * as actions from '#core/actions';
import { accessKey } from '#core/credential';
import { lookUpAgain, lookUpAgainPermissions } from '#core/facts/target-now';
import { allowedNoLonger } from '#core/plan/allowed-no-longer';
import { allCut } from '#core/run/told';
import type { Step } from './step.ts';

/**
 * Takes the standing access for good: the old key stays inactive with a due date for its deletion, which cannot be
 * undone and is the owner's. A key that is listed as active since the cut is cut again, at once: the list may be some
 * seconds old, so it does not show that somebody has switched it on.
 */
export const revoke: Step<'revoke'> = {
  name: 'revoke',
  permissions: [...lookUpAgainPermissions, ...actions.deactivateAccessKey.permissions],

  async run({ found }, ports) {
    const cut = new Set(allCut(found).map(({ credential }) => credential));
    const known = found.facts.contain?.user;
    const user = known ? await lookUpAgain(known, ports.aws) : null;
    const due = new Date(ports.now().getTime() + ports.deployment.settings.oldKeyDueDays * 86_400_000).toISOString();
    const keys = [];
    for (const { id, status } of user?.keys ?? []) {
      if (!user || !cut.has(accessKey(id))) continue;
      const again = status !== 'Inactive';
      const refused = again
        ? (allowedNoLonger(found, user, ports.deployment.settings) ?? (await ports.stopped())?.reason)
        : undefined;
      if (refused) {
        keys.push({ keyId: id, status, dueAt: due, note: `is listed ${status} and is left so: ${refused}` });
        continue;
      }
      if (again) await actions.deactivateAccessKey.run({ caseId: found.id, user, keyId: id, cutoff: '' }, ports.aws);
      keys.push({
        keyId: id,
        status: 'Inactive',
        dueAt: due,
        note: again
          ? `was listed ${status} and has been made inactive once more`
          : 'kept inactive; the owner deletes it when due',
      });
    }
    return { stage: 'revoked', next: 'verify', facts: { keys } };
  },
};
