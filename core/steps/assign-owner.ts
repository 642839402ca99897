import type { PlannedAction } from '#core/case';
import type { Next } from '#core/pipeline';
import type { Step } from './step.ts';

/** Names the one accountable owner, starts the SLA clock, and sends the case the way that its plan allows. */
export const assignOwner: Step<'assign-owner'> = {
  name: 'assign-owner',
  permissions: [],

  async run({ found }, ports) {
    const plan = found.facts.triage?.plan ?? [];
    const candidates = found.facts.triage?.candidates ?? [];
    const { settings } = ports.deployment;
    const hours = settings.slaHours[found.signal];
    const owner = candidates[0] ?? null;
    return {
      stage: 'owned',
      next: wayOf(plan, settings.mode),
      facts: {
        owner,
        candidates,
        conflict: new Set(candidates.map((candidate) => candidate.owner)).size > 1,
        dueAt: new Date(Date.parse(found.openedAt) + hours * 3_600_000).toISOString(),
        asks: plan.filter(({ answer }) => answer !== 'auto'),
        raci: {
          accountable: owner?.owner ?? 'identity programme (no owner found)',
          responsible: 'rescind',
          informed: ['detection', 'iam', 'compliance'],
        },
      },
    };
  },
};

/** Observe changes nothing and asks nobody; an empty plan has nothing to do; whatever is not `auto` needs a person. */
function wayOf(plan: PlannedAction[], mode: string): Next<'assign-owner'> {
  if (mode === 'observe' || plan.length === 0) return 'close';
  return plan.every(({ answer }) => answer === 'auto') ? 'rotate' : 'park';
}
