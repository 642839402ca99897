import { begunOf } from '#core/run/told';
import type { Brake, PlannedAction } from '#core/step-facts';
import { type CaseFile, type Step, tells } from './step.ts';

/** Leaves the case to people, with its evidence so far. The execution ends red: only a closed case is green. */
export const park: Step<'park'> = {
  name: 'park',
  permissions: [tells],

  async run(file, ports) {
    if (!(await ports.seal())) return null;
    const { found, error } = file;
    const begun = begunOf(found);
    const { rotated = [] } = found.work;
    const why = error
      ? {
          reason: `a step failed: ${error.name}`,
          needs: 'an operator: read the error, cure its cause, then attach a finding or retry the case',
          error,
        }
      : { ...whyParked(file), error: null };
    const facts = { ...why, ...(begun.length > 0 && { begun }), ...(rotated.length > 0 && { rotations: rotated }) };
    const owner = found.facts['assign-owner']?.owner?.owner ?? null;
    return {
      stage: 'parked',
      next: 'parked',
      facts,
      notices: [
        {
          what: 'parked',
          caseId: found.id,
          summary: { identity: found.identity.key, owner, reason: facts.reason, needs: facts.needs },
        },
      ],
    };
  },
};

function whyParked({ found }: CaseFile): { reason: string; needs: string } {
  const { facts } = found;
  const brake = facts.rotate?.brake ?? facts.contain?.brake;
  if (brake) return { reason: brake.reason, needs: released[brake.is] };
  const failed = facts.verify?.credentials.filter((proof) =>
    Object.values(proof.rungs).some(({ result }) => result === 'failed'),
  );
  if (found.stage === 'verified' && failed?.length)
    return {
      reason: `verification failed for ${failed.map(({ credential }) => credential).join(', ')}`,
      needs: 'an operator: the cut does not hold; see the failed rungs',
    };
  if (found.stage === 'rotated' && facts.rotate?.blocked)
    return {
      reason: `rotation of ${facts.rotate.blocked.secret} is blocked: ${facts.rotate.blocked.reason}`,
      needs: 'the owner',
    };
  const refused = facts.contain?.refused ?? [];
  if (refused.length > 0)
    return {
      reason: refused
        .map(({ action, credential, error }) => `AWS refused ${action} of ${credential}: ${error}`)
        .join('; '),
      needs: 'an operator: cure what refuses it, then retry the case',
    };
  const asks = facts['assign-owner']?.asks ?? [];
  const [first] = asks;
  if (!first) return { reason: 'the plan could not be carried out', needs: 'an operator' };
  return {
    reason: asks.map(sentence).join('; '),
    needs: asks.some(({ answer }) => answer === 'approval')
      ? 'an approval'
      : 'a person: policy forbids the pipeline to act',
  };
}

/** What a case needs that a brake has held back. */
const released: Record<Brake['is'], string> = {
  stopped: 'an operator: "rescind resume", then "rescind case retry"',
  limit: 'an operator: see whether the findings are real, then "rescind case retry" in a later hour',
};

const sentence = ({ action, credential, answer, reason }: PlannedAction) =>
  `${action} of ${credential}: ${answer} (${reason})`;
