import type { Case } from '#core/case';
import { lookSchedulePermissions, scheduleLook } from '#core/proof/look-schedule';
import { hasCut } from '#core/run/told';
import type { Verdict } from '#core/step-facts';
import { type Step, tells } from './step.ts';

/**
 * Writes the last record, has the case looked at again, and frees the identity for a next one. A finding that came
 * meanwhile is handled first.
 */
export const close: Step<'close'> = {
  name: 'close',
  /** An alias is deleted, so that the identity's next finding opens a next case. */
  permissions: [tells, ...lookSchedulePermissions, { action: 'dynamodb:DeleteItem', on: 'register' }],

  async run({ found }, ports) {
    if (!(await ports.seal())) return null;
    const verdict = verdictOf(found, ports.deployment.settings.mode);
    const openPoints = found.facts.verify?.openPoints ?? [];
    const lookAt = await scheduleLook(found, ports);
    return {
      stage: 'closed',
      next: 'done',
      facts: { verdict, openPoints, findings: found.attached, lookAt },
      notices: [
        {
          what: 'closed',
          caseId: found.id,
          summary: { identity: found.identity.key, verdict, owner: found.facts['assign-owner']?.owner?.owner ?? null },
        },
      ],
    };
  },
};

/** By what was done in any run, and planned in this one: the mode may have been changed since. */
function verdictOf(found: Case, mode: string): Verdict {
  if (hasCut(found)) return found.facts.verify?.verdict ?? 'contained-not-proven';
  return mode === 'observe' || (found.facts.triage?.plan ?? []).length > 0 ? 'observed' : 'no-action';
}
