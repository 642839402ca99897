import type { Case } from '#core/case';
import { accessKey } from '#core/credential';
import { RescindError, RetryableError } from '#core/error';
import type { ControlMessage } from '#core/intake/take-control';
import type { Notice } from '#core/notice';
import type { Permission } from '#core/permission';
import type { ProofPorts } from '#core/ports';
import { climb, climbPermissions, hasFailed, unaccountedKeys } from '#core/proof/climb';
import { heldFrom } from '#core/proof/held';
import { chained } from '#core/run/chain';
import { recordKey, writeRecord } from '#core/run/record';
import type { Surroundings } from '#core/run/run-step';
import type { CredentialProof, Facts } from '#core/step-facts';
import { tells } from '#core/steps/step';
import { openPoints, uncut, verdictOf } from '#core/steps/verify';
import { halfDone } from './rollback.ts';

/** It reads identities and changes none. */
export const lookPermissions: Permission[] = [...climbPermissions, tells, { action: 'sqs:SendMessage', on: 'control' }];

export type Looked =
  | { outcome: 'nothing'; caseId: string; reason: string }
  | { outcome: 'holds' | 'reopens'; caseId: string; record: number };

const soonSeconds = 5;

type Around = Omit<Surroundings, 'ports'> & { ports: ProofPorts };
type LookFacts = NonNullable<Facts['look']>;

/**
 * Looks at a closed case again when the longest session must have ended: climbs every rung once more and writes what it
 * found. A rung that fails asks for the next run of the case. May run twice; a case that has gone on is left alone.
 */
export async function look(
  { caseId, run }: { caseId: string; run: number },
  around: Around & { sendControl(message: ControlMessage): Promise<void> },
): Promise<Looked> {
  const found = await around.register.load(caseId);
  const nothing = (reason: string): Looked => ({ outcome: 'nothing', caseId, reason });
  if (found.run !== run) return nothing(`the case is at run ${found.run} by now`);
  if (found.stage !== 'closed') return nothing(`the case is not closed (stage ${found.stage})`);
  // What it has lifted would be taken for a cut that did not hold; where its record is there, it is taken into the chain.
  const next = recordKey(caseId, found.records.length + 1);
  if (found.work.undoing && !(await around.evidence.get(next)))
    throw new RescindError('CASE_CHANGED', `${caseId}: ${halfDone}`);
  const from = heldFrom(found, around.ports.deployment.settings);
  if (!from) return nothing('the case has cut nothing that stands');
  const early = from.getTime() - around.ports.now().getTime();
  // Its schedule has called, and is gone: Lambda calls twice more, a minute and two later.
  if (early > 0 && early <= soonSeconds * 1000)
    throw new RetryableError(`a session can live until ${from.toISOString()}`);
  if (early > 0) return nothing(`a session can live until ${from.toISOString()}`);
  const looked = found.facts.look ? found : await write(found, around);
  const facts = looked.facts.look as LookFacts;
  // After the record, so that the next run finds why it was opened; again on a retry, which changes nothing.
  if (!facts.holds) await around.sendControl({ control: 'reopen', caseId, run, reason: facts.reason });
  await around.notify(noticeOf(looked, facts));
  return { outcome: facts.holds ? 'holds' : 'reopens', caseId, record: looked.records.length };
}

async function write(found: Case, around: Around): Promise<Case> {
  const { register, ports, takeCalls, guard, actor } = around;
  const occurredAt = ports.now().toISOString();
  const [proofs, strangers] = await Promise.all([climb(found, ports), unaccountedKeys(found, ports)]);
  const credentials = [...proofs.map((proof) => standing(proof, found)), ...uncut(found)];
  const broken = credentials.filter(hasFailed).map(({ credential }) => credential);
  const facts: LookFacts = {
    verdict: verdictOf(
      found,
      credentials,
      strangers.filter((id) => found.accepted.includes(id)),
    ),
    holds: broken.length === 0,
    credentials,
    openPoints: [
      ...openPoints(found, credentials, ports),
      // Its owner may have made it since: named, and not held against the cut.
      ...strangers.map((id) => `${accessKey(id)} is active and the case does not account for it`),
    ],
    reason:
      broken.length === 0
        ? 'everything that was cut and not taken back is still cut'
        : `at the look the cut of ${broken.join(', ')} did not hold`.slice(0, 900),
  };
  const raws = [...new Set((await register.findings(found.id)).map(({ raw }) => raw))];
  const calls = takeCalls();
  guard(JSON.stringify({ facts, calls }));
  const recordedAt = ports.now().toISOString();
  const draft = {
    step: 'look' as const,
    facts,
    calls,
    raws,
    occurredAt,
    recordedAt,
    actor: await actor(),
    closes: true,
  };
  const written = await writeRecord(found, found.records, draft, around);
  // An attempt that died after its record has looked already: what it has signed is what was found.
  return (await register.update(found, chained(found, written))) as Case;
}

/** What was proven at closing stays proven unless a rung fails: a secret may hold the old value no more. */
function standing(proof: CredentialProof, { facts }: Case): CredentialProof {
  const before = facts.verify?.credentials.find(({ credential }) => credential === proof.credential);
  const stands = before?.verdict === 'revoked' && proof.rungs.configured.result === 'passed' && !hasFailed(proof);
  return stands ? { ...proof, verdict: 'revoked' } : proof;
}

const noticeOf = (found: Case, { verdict, holds, reason }: LookFacts): Notice => ({
  what: 'looked',
  caseId: found.id,
  summary: {
    identity: found.identity.key,
    owner: found.facts['assign-owner']?.owner?.owner ?? null,
    verdict,
    holds,
    reason,
  },
});
