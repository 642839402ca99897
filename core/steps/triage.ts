import type { SecretFacts } from '#core/case';
import { lookUpSecrets, lookUpSecretsPermissions, lookUpUserPermissions } from '#core/look-up';
import * as owners from '#core/owners';
import { planByHand, planCuts, planRotations } from '#core/plan';
import { subjectOf } from './contain.ts';
import type { Step } from './step.ts';

/** Gathers the facts about the identity, the secrets that hold its keys and the owner candidates, and plans. */
export const triage: Step<'triage'> = {
  name: 'triage',
  permissions: [...lookUpUserPermissions, ...lookUpSecretsPermissions],

  async run(file, ports) {
    const { found, findings } = file;
    const { tags } = ports.deployment.settings;
    const { user } = await subjectOf(file, ports);
    const secrets: SecretFacts[] = user ? await lookUpSecrets(user.name, tags.user, ports.aws) : [];
    const contained = (found.facts.contain?.done.length ?? 0) > 0;
    const situation = { step: 'triage', found, findings, user, contained };
    const cuts = planCuts(situation, '', ports).map(({ planned }) => planned);
    const plan = user ? [...cuts, ...planRotations(situation, secrets, ports)] : planByHand(situation, ports);
    const candidates = Object.values(owners)
      .toSorted((a, b) => a.rank - b.rank)
      .flatMap((resolver) => resolver.candidates({ user, secrets }, tags.owner));
    return { stage: 'triaged', next: 'assign-owner', facts: { user, secrets, plan, candidates } };
  },
};
