import type { ApplicationSummary } from '../personas/application.ts';
import type { SessionThiefSummary } from '../personas/session-thief.ts';
import type { LoopSummary } from '../personas/steady-loop.ts';
import type { SeededRole } from '../seed.ts';
import type { RoleState } from './account.ts';
import { bystanderCheck, loopCheck } from './checks.ts';
import type { Check, Seen } from './story.ts';

/** What happened, as the personas and the account's administrator saw it. */
export interface RoleSessionRun extends Seen {
  role: SeededRole;
  /** The role that the attacker went on into. */
  onward: SeededRole;
  session: string;
  thief: SessionThiefSummary;
  /** The rightful workload: the same session name, and a new session when it is refused. */
  workload: ApplicationSummary;
  /** Another workload of the same role, under another session name. */
  colleague: LoopSummary;
  bystander: LoopSummary;
  before: { roles: Map<string, RoleState>; users: string };
  after: { roles: Map<string, RoleState>; users: string };
}

/** What the personas and the account must have seen when the session of one instance was cut. */
export function roleSessionChecks(run: RoleSessionRun): Check[] {
  return [
    verdictCheck(run),
    loopCheck('the attacker with a copy of the session', run.thief.copy, true),
    {
      name: 'the attacker cannot assume the other role once more',
      ok: /^AccessDenied/.test(run.thief.again),
      detail: run.thief.again,
    },
    onwardCheck(run),
    workloadCheck(run),
    { ...loopCheck('another session of the same role', run.colleague, false) },
    bystanderCheck(run.bystander),
    roleCheck(run),
    othersUnchanged(run),
  ];
}

/** No session can be tried by the case, and it must not say that it had been. */
function verdictCheck({ found, role, session }: RoleSessionRun): Check {
  const [proof, ...more] = found?.facts.verify?.credentials ?? [];
  const ok =
    found?.stage === 'closed' &&
    more.length === 0 &&
    proof?.credential === `role-session/${found.account}/${role.name}/${session}` &&
    proof.verdict === 'contained-not-proven' &&
    proof.rungs.configured.result === 'passed' &&
    proof.rungs['canary-denied'].result === 'not available' &&
    found.facts.close?.verdict === 'contained-not-proven';
  return {
    name: 'the case of the session claims what was reached and no more',
    ok,
    detail: `${proof?.credential}: ${proof?.verdict}; case: ${found?.stage}, ${found?.facts.close?.verdict}`,
  };
}

/** A session that was made with the stolen one is independent of it: said, not hidden. */
function onwardCheck({ found, onward, thief }: RoleSessionRun): Check {
  const listed = (found?.facts.triage?.onward ?? []).some(({ roles }) => roles.includes(onward.arn));
  const said = found?.facts.close?.openPoints.some((point) => point.includes(onward.arn)) ?? false;
  const survives = thief.chained.served === thief.chained.calls;
  return {
    name: 'the session that the attacker went on with survives, and the case names it as a possible path',
    ok: listed && said && survives,
    detail: `${thief.chained.served} of ${thief.chained.calls} served; ${listed && said ? 'named' : 'not named'}: ${onward.arn}`,
  };
}

function workloadCheck({ workload: seen, found }: RoleSessionRun): Check {
  const cutoff = Date.parse(found?.facts.contain?.cutoff ?? '');
  // Sessions have whole seconds: one that was asked for in the second of the cut-off may still be older.
  const late = seen.refused.filter(({ readStartedAt }) => readStartedAt >= cutoff + 1000).length;
  const served = seen.done === seen.accepted && seen.faults === 0 && seen.servedAgainAt !== null && late === 0;
  return {
    name: 'the rightful workload assumes the role again under the same name and finishes all its work',
    ok: served,
    detail: `${seen.done} of ${seen.accepted} done, ${seen.refused.length} refused attempts, a gap of ${Math.round(seen.gapMs ?? 0)} ms, ${late} refused with a session of after the cut-off${seen.firstFault ? `, fault ${seen.firstFault}` : ''}`,
  };
}

/** One policy more, and everything else as it was. */
function roleCheck({ before, after, role, found, session }: RoleSessionRun): Check {
  const own = `rescind-deny-session-${found?.id}-${session}`;
  const is = after.roles.get(role.name);
  const { [own]: deny, ...rest } = is?.policies ?? {};
  const ok = deny !== undefined && same({ ...is, policies: rest } as RoleState, before.roles.get(role.name));
  return {
    name: 'one deny stands on the role, and nothing else of it is changed',
    ok,
    detail: deny ?? `${own} is not there`,
  };
}

function othersUnchanged({ before, after, role }: RoleSessionRun): Check {
  const names = new Set([...before.roles.keys(), ...after.roles.keys()]);
  names.delete(role.name);
  const changed = [...names].filter((name) => !same(before.roles.get(name), after.roles.get(name)));
  return {
    name: 'no other role and no user was changed',
    ok: changed.length === 0 && before.users === after.users,
    detail: changed.join(', ') || `${names.size} other roles as before`,
  };
}

const same = (a: RoleState | undefined, b: RoleState | undefined) => JSON.stringify(a) === JSON.stringify(b);
