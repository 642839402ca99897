import type { Case } from '#core/case';
import type { Next } from '#core/pipeline';
import { actionNamed } from '#core/proof/cut';
import { hasCut } from '#core/run/told';
import type { PlannedAction } from '#core/step-facts';
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
      next: wayOf(plan, found, settings.mode),
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

/**
 * Observe changes nothing and asks nobody; an empty plan has nothing to do, unless somebody has called for more than a
 * record; whatever is not `auto` needs a person. So does a cut that policy allows by now and did not when `contain`
 * asked: nobody has made it.
 */
function wayOf(plan: PlannedAction[], found: Case, mode: string): Next<'assign-owner'> {
  // What a run before has cut is cut whatever the mode is by now: it is not left unproven.
  const end = hasCut(found) ? 'verify' : 'close';
  if (mode === 'observe') return end;
  if (plan.length === 0) return found.signal === 'advisory' ? end : 'park';
  const done = found.facts.contain?.done ?? [];
  const isDone = ({ action, credential }: PlannedAction) =>
    done.some((result) => result.action === action && result.credential === credential);
  return plan.every((planned) => planned.answer === 'auto' && (!actionNamed(planned.action) || isDone(planned)))
    ? 'rotate'
    : 'park';
}
