import * as actions from '#core/actions';
import type { Work } from '#core/case';
import { subjectOf, subjectPermissions } from '#core/facts/subject';
import { keptDenies, type StandingDeny, standingDenies } from '#core/plan/kept-denies';
import { type PlannedCut, planCuts } from '#core/plan/plan';
import { AwsRefusal, type Ports } from '#core/ports';
import { allCut, nameOf } from '#core/run/told';
import { isNewKey } from '#core/sources/cloudtrail';
import type { ActionResult, Brake, RefusedCut, RoleFacts } from '#core/step-facts';
import { type CaseFile, type Step, tells } from './step.ts';

/** The first step of every run: whatever policy allows at once is cut here, before anyone is asked. */
export const contain: Step<'contain'> = {
  name: 'contain',
  permissions: [
    tells,
    ...subjectPermissions,
    ...Object.values(actions).flatMap(({ permissions, proofPermissions }) => [...permissions, ...proofPermissions]),
  ],

  async run({ found, findings, unread = 0 }, ports) {
    const [subject, stop, standing] = await Promise.all([
      subjectOf({ found, findings }, ports),
      ports.stopped(),
      standingDenies(found, ports.aws),
    ]);
    const { user, role, reason, identity } = subject;
    const known = identity ? { ...found, identity } : found;
    const cutoff = standingCutoff(found) ?? cutoffAt(ports);
    const situation = { step: 'contain', found: known, findings, user, role, contained: false };
    const planned = (brake: Brake | null) => planCuts({ ...situation, brake }, cutoff, ports);
    const first = planned(stop);
    const kept = keptDenies(standing, first, { ...situation, brake: stop }, ports);
    const changes = first.some(
      (cut) => isAllowed(cut) && !kept.has(nameOf(cut.planned)) && !cut.action.isDone(cut.target),
    );
    const full = isCounted(found) || !changes ? null : await ports.countCut();
    const brake = stop ?? full;
    const cuts = full ? planned(full) : first;
    const allowed = cuts.filter(isAllowed);
    const keysBefore = found.work.keysBefore ?? user?.keys.map(({ id }) => id);
    const toMake = allowed.filter((each) => !kept.has(nameOf(each.planned)));
    const work = { ...(keysBefore && { keysBefore }), ...(changes && { counted: found.run }) };
    const { done: made, refused } =
      toMake.length > 0 ? await cut(toMake, cutoff, { found, role, work }, ports) : { done: [], refused: [] };
    const done = [...made, ...allowed.flatMap(({ planned }) => asItStands(kept.get(nameOf(planned))))];
    const changed = made.filter(({ outcome }) => outcome === 'done').map(({ credential }) => credential);
    // After the cut, which does not wait for it.
    const others = identity ? await ports.learn(identity.aliases) : [];
    const news = identity ? (await ports.heard(identity.aliases)).filter(isNewKey) : [];
    const newKeys = [...new Set(news.flatMap(({ credential }) => credential.accessKeyId ?? []))];
    return {
      stage: done.length > 0 ? 'contained' : found.stage,
      next: 'triage',
      facts: {
        plan: cuts.map(({ planned }) => planned),
        done,
        ...(refused.length > 0 && { refused }),
        ...(unread > 0 && { unread }),
        cutoff: made.length > 0 ? cutoff : null,
        ...(changed.length > 0 && { cutAt: ports.now().toISOString() }),
        user,
        ...(keysBefore && { keysBefore }),
        role,
        reason,
        ...(others.length > 0 && { others }),
        ...(newKeys.length > 0 && { newKeys }),
        brake,
      },
      notices: [
        ...(found.records.length === 0 ? [{ what: 'opened' as const, caseId: found.id, summary: summary(known) }] : []),
        ...(changed.length > 0
          ? [{ what: 'cut' as const, caseId: found.id, summary: { ...summary(known), cut: changed } }]
          : []),
      ],
    };
  },
};

/** A retry keeps the cut-off; a further finding may tell of sessions that were issued after it: see `keptDenies`. */
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

const isAllowed = ({ planned }: PlannedCut) => planned.answer === 'auto';
/** An earlier attempt of this run has begun to cut, perhaps in the hour before. */
const isCounted = ({ run, work }: CaseFile['found']) => work.counted === run;

const asItStands = (deny: StandingDeny | undefined): ActionResult[] =>
  deny ? [{ ...deny.done, outcome: 'already-done', keptCutoff: deny.cutoff }] : [];

/** Side by side; what AWS refuses stops none of the others. */
async function cut(
  allowed: PlannedCut[],
  cutoff: string,
  { found, role, work }: Pick<CaseFile, 'found'> & { role: RoleFacts | null; work: Work },
  ports: Ports,
): Promise<{ done: ActionResult[]; refused: RefusedCut[] }> {
  const known = new Map(allCut(found).map((made) => [nameOf(made), made.before]));
  const begun = found.work.before ?? {};
  const now = Object.fromEntries(
    allowed.map(({ action, target, planned }) => [nameOf(planned), action.before(target)]),
  );
  // The whole role, once, before the first change: its policies can be restored by hand whatever becomes of it.
  const before = { ...(role && { [role.arn]: role }), ...now };
  await ports.keep({ ...work, before, cutoff: { run: found.run, taken: found.taken, at: cutoff } });
  const first: Record<string, unknown> = { ...now, ...begun };
  const results = await Promise.allSettled(
    allowed.map(async ({ action, target, planned }): Promise<ActionResult> => {
      const name = nameOf(planned);
      // Not where an attempt that died has changed it since: that cut is ours, and is asked for once more.
      const already = action.isDone(target) && JSON.stringify(first[name]) === JSON.stringify(now[name]);
      const after = already ? now[name] : await action.run(target, ports.aws);
      return {
        action: action.name,
        credential: planned.credential,
        outcome: already ? 'already-done' : 'done',
        before: known.has(name) ? known.get(name) : first[name],
        after,
      };
    }),
  );
  const done: ActionResult[] = [];
  const refused: RefusedCut[] = [];
  for (const [index, result] of results.entries()) {
    if (result.status === 'fulfilled') done.push(result.value);
    else if (!(result.reason instanceof AwsRefusal)) throw result.reason;
    else {
      const { action, credential } = (allowed[index] as PlannedCut).planned;
      const inDoubt = Object.hasOwn(begun, nameOf({ action, credential }));
      refused.push({ action, credential, error: result.reason.name, ...(inDoubt && { inDoubt: true as const }) });
    }
  }
  return { done, refused };
}

const summary = (found: CaseFile['found']) => ({
  identity: found.identity.key,
  signal: found.signal,
  mode: found.mode,
  simulated: found.simulated,
});
