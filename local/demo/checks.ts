import { type ApplicationSummary, refusedAfter } from '../personas/application.ts';
import type { AttackerSummary } from '../personas/attacker.ts';
import type { LoopSummary } from '../personas/steady-loop.ts';
import type { SeededDecoy } from '../seed.ts';
import type { IdentityState } from './account.ts';
import type { Expectation } from './expect.ts';
import type { Check, Seen } from './story.ts';

/** What happened, as the personas and the account's administrator saw it. */
export interface UserKeyRun extends Seen {
  expectation: Expectation;
  decoy: SeededDecoy;
  attacker: AttackerSummary;
  application: ApplicationSummary;
  bystander: LoopSummary;
  before: Map<string, IdentityState>;
  after: Map<string, IdentityState>;
  /** Key id in the secret now. */
  currentKeyId: string;
}

/** What the personas and the account must have seen, by the outcome that the event deserved. */
export function checksOf(run: UserKeyRun): Check[] {
  const { expectation } = run;
  return [
    ...outcome(run),
    loopCheck('the attacker with the leaked key', run.attacker.key, expectation.keyCut),
    loopCheck('the attacker with a session made with it', run.attacker.session, expectation.sessionsCut),
    applicationCheck(run),
    bystanderCheck(run.bystander),
    othersUnchanged(run),
    ...(expectation.outcome === 'contained' ? identityChecks(run) : [decoyCheck(run)]),
  ];
}

function outcome({ expectation, found }: UserKeyRun): Check[] {
  const name = `the event is ${expectation.outcome}, as it deserves`;
  const is = (ok: boolean): Check[] => [
    { name, ok, detail: `${expectation.why}; the case is ${found ? `${found.id}, ${found.stage}` : 'not opened'}` },
  ];
  switch (expectation.outcome) {
    case 'ignored':
    case 'rejected':
      return is(found === null);
    case 'noted':
      return is(found?.stage === 'noted');
    case 'asked':
      return is(found?.stage === 'parked' && found.facts.park?.error === null);
    case 'contained':
      return [...is(found?.stage === 'closed'), verdictCheck(found)];
  }
}

/** The sessions cannot be proven dead here, and the case must not say so. */
function verdictCheck(found: UserKeyRun['found']): Check {
  const proofs = found?.facts.verify?.credentials ?? [];
  const verdicts = proofs.map(({ credential, verdict }) => `${credential}: ${verdict}`);
  const [key] = proofs.filter(({ credential }) => credential.startsWith('access-key/'));
  const [sessions] = proofs.filter(({ credential }) => credential.startsWith('user-sessions/'));
  const ok =
    key?.verdict === 'revoked' &&
    key.rungs['canary-denied'].result === 'passed' &&
    sessions?.verdict === 'contained-not-proven' &&
    found?.facts.close?.verdict === 'contained-not-proven';
  return {
    name: 'the case claims what was reached and no more',
    ok,
    detail: `${verdicts.join('; ')}; case: ${found?.facts.close?.verdict}`,
  };
}

export function loopCheck(who: string, seen: LoopSummary, cut: boolean): Check {
  const detail = `served ${seen.servedBeforeFirstRefusal} times before, refused ${seen.refused} times after${
    seen.firstRefusal ? ` by ${seen.firstRefusal.name}` : ''
  }, served again ${seen.servedAfterFirstRefusal} times${seen.firstFault ? `, fault ${seen.firstFault}` : ''}`;
  const before = seen.servedBeforeFirstRefusal > 0 && seen.faults === 0;
  return cut
    ? { name: `${who} is refused`, ok: before && seen.refused > 0 && seen.servedAfterFirstRefusal === 0, detail }
    : { name: `${who} is not touched`, ok: before && seen.refused === 0, detail };
}

function applicationCheck({ application: seen, found, expectation }: UserKeyRun): Check {
  const rotation = found?.facts.rotate?.rotations[0];
  const promotedAt = rotation ? Date.parse(rotation.promotedAt) : Number.POSITIVE_INFINITY;
  const late = refusedAfter(seen, promotedAt).length;
  const worked = seen.done === seen.accepted && seen.faults === 0 && late === 0;
  const gap = seen.gapMs === null ? 'no gap' : `a gap of ${Math.round(seen.gapMs)} ms`;
  return {
    name: 'the application finishes all its work',
    ok: worked && (expectation.keyCut ? seen.keys.length === 2 : seen.refused.length === 0),
    detail: `${seen.done} of ${seen.accepted} done, ${seen.refused.length} refused attempts, ${gap}, ${late} refused after reading the promoted key`,
  };
}

export const bystanderCheck = (seen: LoopSummary): Check => ({
  name: 'the bystander never loses a call',
  ok: seen.served > 0 && seen.served === seen.calls,
  detail: `${seen.served} of ${seen.calls} served`,
});

const same = (a: IdentityState | undefined, b: IdentityState | undefined) => JSON.stringify(a) === JSON.stringify(b);

function othersUnchanged({ before, after, decoy }: UserKeyRun): Check {
  const names = new Set([...before.keys(), ...after.keys()]);
  names.delete(decoy.name);
  const changed = [...names].filter((name) => !same(before.get(name), after.get(name)));
  return {
    name: 'nobody else was changed',
    ok: changed.length === 0,
    detail: changed.join(', ') || `${names.size} other users as before`,
  };
}

function decoyCheck({ before, after, decoy, expectation, currentKeyId }: UserKeyRun): Check {
  const [was, is] = [before.get(decoy.name), after.get(decoy.name)];
  const policies = (is?.policies.length ?? 0) - (was?.policies.length ?? 0);
  const ok =
    JSON.stringify(was?.keys) === JSON.stringify(is?.keys) &&
    policies === (expectation.sessionsCut ? 1 : 0) &&
    currentKeyId === decoy.key.accessKeyId;
  return {
    name: 'the decoy keeps its key and its secret',
    ok,
    detail: `${policies} policy added, keys ${is?.keys.map(({ id, status }) => `${id} ${status}`).join(', ')}`,
  };
}

function identityChecks({ after, decoy, currentKeyId, found }: UserKeyRun): Check[] {
  const is = after.get(decoy.name);
  const statusOf = (id: string) => is?.keys.find((key) => key.id === id)?.status ?? 'gone';
  const denies = (is?.policies ?? []).filter((policy) => policy.startsWith(`rescind-deny-sessions-${found?.id}`));
  return [
    {
      name: 'the leaked key is inactive and kept, for the owner to delete',
      ok: statusOf(decoy.key.accessKeyId) === 'Inactive',
      detail: `${decoy.key.accessKeyId} ${statusOf(decoy.key.accessKeyId)}`,
    },
    {
      name: 'the secret holds a new key, and it is active',
      ok: currentKeyId !== decoy.key.accessKeyId && statusOf(currentKeyId) === 'Active' && is?.keys.length === 2,
      detail: `${currentKeyId} ${statusOf(currentKeyId)}`,
    },
    {
      name: 'one deny for older sessions stands on the user',
      ok: denies.length === 1,
      detail: denies.map((policy) => policy.split(' ', 1)[0]).join(' '),
    },
  ];
}
