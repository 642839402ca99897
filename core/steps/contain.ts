import * as actions from '#core/actions';
import type { ActionResult, UserFacts } from '#core/case';
import { lookUpUser, lookUpUserPermissions } from '#core/look-up';
import { type PlannedCut, planCuts } from '#core/plan';
import type { Ports } from '#core/ports';
import { type CaseFile, type Step, tells } from './step.ts';

/** The first step of every run: whatever policy allows at once is cut here, before anyone is asked. */
export const contain: Step<'contain'> = {
  name: 'contain',
  permissions: [tells, ...lookUpUserPermissions, ...Object.values(actions).flatMap(({ permissions }) => permissions)],

  async run({ found, findings }, ports) {
    const { user, reason } = await subjectOf({ found, findings }, ports);
    const cutoff = standingCutoff(found) ?? cutoffAt(ports);
    const situation = { step: 'contain', found, findings, user, contained: false };
    const cuts = planCuts(situation, cutoff, ports);
    const allowed = cuts.filter(({ planned }) => planned.answer === 'auto');
    const done = allowed.length > 0 ? await cut(allowed, cutoff, { found, findings }, ports) : [];
    return {
      stage: done.length > 0 ? 'contained' : found.stage,
      next: 'triage',
      facts: { plan: cuts.map(({ planned }) => planned), done, cutoff: done.length > 0 ? cutoff : null, user, reason },
      notices: [
        ...(found.records.length === 0 ? [{ what: 'opened' as const, caseId: found.id, summary: summary(found) }] : []),
        ...(done.length > 0
          ? [
              {
                what: 'cut' as const,
                caseId: found.id,
                summary: { ...summary(found), cut: done.map((d) => d.credential) },
              },
            ]
          : []),
      ],
    };
  },
};

/**
 * The user that the case is about, as IAM has it now. Nobody is looked up where the finding is of another account:
 * a user of the same name may live here.
 */
export async function subjectOf(
  { found }: CaseFile,
  ports: Ports,
): Promise<{ user: UserFacts | null; reason: string }> {
  const { identity, account } = found;
  if (identity.kind !== 'iam-user' || !identity.name)
    return { user: null, reason: `no action cuts the kind ${identity.kind} yet` };
  if (account !== ports.deployment.account)
    return {
      user: null,
      reason: `the finding is of account ${account}, and only ${ports.deployment.account} is enrolled`,
    };
  const user = await lookUpUser(identity.name, ports.aws);
  return { user, reason: user ? `found ${user.arn}` : `account ${account} has no user ${identity.name}` };
}

/** A retry keeps the cut-off; a further finding may tell of sessions that were issued after it. */
const standingCutoff = ({ run, taken, work: { cutoff } }: CaseFile['found']): string | undefined =>
  cutoff?.run === run && cutoff.taken === taken ? cutoff.at : undefined;

/**
 * Token issue times have whole seconds, so the cut-off is rounded up, and lies ahead by the lead, because a deny takes
 * seconds to reach every endpoint; AWS's own "revoke sessions" stamps about 30 s ahead (IAM User Guide).
 */
function cutoffAt(ports: Ports): string {
  const second = Math.ceil(ports.now().getTime() / 1000) + ports.deployment.settings.cutoffLeadSeconds;
  return new Date(second * 1000).toISOString().replace('.000Z', 'Z');
}

async function cut(allowed: PlannedCut[], cutoff: string, { found }: CaseFile, ports: Ports): Promise<ActionResult[]> {
  const before = Object.fromEntries(
    allowed.map(({ action, target, planned }) => [`${action.name} ${planned.credential}`, action.before(target)]),
  );
  await ports.keep({ before, cutoff: { run: found.run, taken: found.taken, at: cutoff } });
  const results = await Promise.allSettled(
    allowed.map(async ({ action, target, planned }): Promise<ActionResult> => {
      const already = action.isDone(target);
      const after = already ? action.before(target) : await action.run(target, ports.aws);
      return {
        action: action.name,
        credential: planned.credential,
        outcome: already ? 'already-done' : 'done',
        before: found.work.before?.[`${action.name} ${planned.credential}`] ?? action.before(target),
        after,
      };
    }),
  );
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

const summary = (found: CaseFile['found']) => ({
  identity: found.identity.key,
  signal: found.signal,
  mode: found.mode,
  simulated: found.simulated,
});
