import type { Case } from '#core/case';
import { stopReason } from '#core/plan/brakes';
import { type CredentialProof, type PlannedAction, rungs, type TakenBack } from '#core/step-facts';
import type { Terminal } from '../terminal.ts';
import { isRolledBack, minute, verdictOf } from './cases.ts';
import type { Deployed } from './stack.ts';

/** `rescind case show ID`: what the register holds of a case. The records are the truth; `evidence export` fetches them. */
export async function caseShowCommand(
  { caseId, json }: { caseId: string; json: boolean },
  { register }: Pick<Deployed, 'register'>,
  { out, err }: Pick<Terminal, 'out' | 'err'>,
): Promise<number> {
  const [found, stop] = await Promise.all([register.load(caseId), register.stopSwitch()]);
  if (stop?.stopped) err(stopReason(stop));
  if (json) out(JSON.stringify(found));
  else for (const line of shown(found)) out(line);
  return 0;
}

function* shown(found: Case): Generator<string> {
  const { id, identity, stage, signal, mode, run, openedAt, facts, records, simulated } = found;
  const { owner, conflict, dueAt, candidates = [] } = facts['assign-owner'] ?? {};
  yield field('case', `${id}, run ${run}, opened ${minute(openedAt)}${simulated ? ', simulated' : ''}`);
  yield field('identity', `${identity.key}${identity.arn ? ` (${identity.arn})` : ''}`);
  yield field(
    'signal',
    `${signal}, mode ${mode}, ${found.attached} findings, ${found.attached - found.taken} of them waiting`,
  );
  yield field('stage', stage);
  yield field('verdict', verdictOf(found) ?? 'none yet');
  if (stage === 'parked' && facts.park) {
    yield field('parked', facts.park.reason);
    yield field('needs', facts.park.needs);
    if (facts.park.error) yield field('error', `${facts.park.error.name}: ${facts.park.error.message}`);
  }
  yield* list('undone', (facts.rollback?.items ?? []).map(undone));
  if (facts.rollback)
    yield field('', `asked for by ${facts.rollback.claimedBy}, as claimed; ${facts.rollback.execution}`);
  yield field('owner', owner ? `${owner.owner}, by ${owner.source}` : 'none');
  for (const { owner: other, source } of candidates.slice(1)) yield field('', `candidate ${other}, by ${source}`);
  if (conflict) yield field('', 'the candidates disagree');
  yield field('due', minute(dueAt));
  yield* list('plan', (facts.triage?.plan ?? facts.contain?.plan ?? []).map(planned));
  yield* list(
    'done',
    found.cuts
      .flatMap(({ done }) => done)
      .map(({ action, credential, outcome }) => `${action} ${credential}: ${outcome}`),
  );
  yield* list(
    'rotated',
    found.rotations.map(
      ({ secret, outcome, oldKeyId, newKeyId }) => `${secret}: ${outcome}, ${oldKeyId} -> ${newKeyId}`,
    ),
  );
  const lifted = new Set(isRolledBack(found) ? found.lifted.map(({ credential }) => credential) : []);
  yield* list(
    'proof',
    (facts.look?.credentials ?? facts.verify?.credentials ?? []).flatMap((proof) =>
      lifted.has(proof.credential) ? [`${proof.credential}: its cut was taken back`] : proven(proof),
    ),
  );
  if (facts.look) yield field('looked', `${facts.look.reason}${lifted.size > 0 ? ' (before the rollback)' : ''}`);
  else if (stage === 'closed' && facts.close?.lookAt) yield field('look', `due ${minute(facts.close.lookAt)}`);
  if (lifted.size > 0) yield field('open', `before ${[...lifted].join(', ')} was taken back:`);
  yield* list(
    lifted.size > 0 ? '' : 'open',
    facts.look?.openPoints ?? facts.close?.openPoints ?? facts.verify?.openPoints ?? [],
  );
  yield* list(
    'records',
    records.map(({ number, step, sha256 }) => `${number} ${step.padEnd(12)} ${sha256}`),
  );
}

const field = (name: string, text: string): string => `${name.padEnd(9)} ${text}`;

function* list(name: string, lines: string[]): Generator<string> {
  for (const [index, line] of lines.entries()) yield field(index === 0 ? name : '', line);
}

const undone = ({ action, credential, outcome, reason }: TakenBack): string =>
  `${outcome} ${action} of ${credential}: ${reason}`;

const planned = ({ action, credential, answer, would, policies, reason }: PlannedAction): string =>
  `${answer} ${action} ${credential}${would ? ` (mode enforce: ${would})` : ''}: ${reason} [${policies.map(({ id }) => id).join(', ')}]`;

const proven = ({ credential, verdict, rungs: results }: CredentialProof): string[] => [
  `${credential}: ${verdict}`,
  ...rungs.map((rung) => `  ${rung.padEnd(13)} ${results[rung].result}: ${results[rung].reason}`),
];
