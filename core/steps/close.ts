import type { Case, Verdict } from '#core/case';
import { type Step, tells } from './step.ts';

/** Writes the last record and frees the identity for a next case. A finding that came meanwhile is handled first. */
export const close: Step<'close'> = {
  name: 'close',
  /** An alias is deleted, so that the identity's next finding opens a next case. */
  permissions: [tells, { action: 'dynamodb:DeleteItem', on: 'register' }],

  async run({ found }, ports) {
    if (!(await ports.seal())) return null;
    const verdict = verdictOf(found);
    const openPoints = found.facts.verify?.openPoints ?? [];
    return {
      stage: 'closed',
      next: 'done',
      facts: { verdict, openPoints, findings: found.attached },
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

function verdictOf(found: Case): Verdict {
  if (found.mode === 'observe') return 'observed';
  if ((found.facts.triage?.plan.length ?? 0) === 0) return 'no-action';
  return found.facts.verify?.verdict ?? 'contained-not-proven';
}
