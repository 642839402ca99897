import { lookUpSecrets, lookUpSecretsPermissions } from '#core/facts/look-up';
import { lookUpOnward, lookUpOnwardPermissions } from '#core/facts/look-up-onward';
import { hasPassword, lookUpPasswordPermissions } from '#core/facts/look-up-password';
import { subjectOf, subjectPermissions } from '#core/facts/subject';
import * as owners from '#core/owners';
import { planByHand, planCuts, planOthersByHand, planRotations, planUnread } from '#core/plan/plan';
import type { Ports } from '#core/ports';
import { allCut } from '#core/run/told';
import type { SecretFacts } from '#core/step-facts';
import type { Step } from './step.ts';

/** Gathers the facts about the identity, the secrets that hold its keys and the owner candidates, and plans. */
export const triage: Step<'triage'> = {
  name: 'triage',
  permissions: [
    ...subjectPermissions,
    ...lookUpSecretsPermissions,
    ...lookUpOnwardPermissions,
    ...lookUpPasswordPermissions,
  ],

  async run(file, ports) {
    const { found, findings, unweighed = 0 } = file;
    const { tags } = ports.deployment.settings;
    const { user, role, identity } = await subjectOf(file, ports);
    const known = identity ? { ...found, identity } : found;
    const [secrets, password, onward] = await Promise.all([
      user ? secretsOf([user.name, known.identity.name ?? user.name], tags.user, ports) : [],
      user ? hasPassword(user.name, ports.aws) : false,
      role ? lookUpOnward(role, ports.aws) : [],
    ]);
    const contained = allCut(found).length > 0;
    const brake = found.facts.contain?.brake ?? null;
    const situation = { step: 'triage', found: known, findings, user, role, contained, brake };
    const cuts = planCuts(situation, '', ports).map(({ planned }) => planned);
    const ours = [...cuts, ...planRotations(situation, secrets, ports)];
    const planned = user || ours.length > 0 ? ours : planByHand(situation, ports);
    const plan = [
      ...planned,
      ...planOthersByHand(situation, planned, ports),
      ...planUnread(situation, unweighed, ports),
    ];
    const candidates = Object.values(owners)
      .toSorted((a, b) => a.rank - b.rank)
      .flatMap((resolver) => resolver.candidates({ user, role, secrets }, tags.owner));
    return {
      stage: 'triaged',
      next: 'assign-owner',
      facts: { user, role, secrets, plan, candidates, onward, password },
    };
  },
};

/** A user who was called otherwise keeps the secrets that bear his old name. */
async function secretsOf(names: string[], tag: string, ports: Ports): Promise<SecretFacts[]> {
  const found = await Promise.all([...new Set(names)].map((name) => lookUpSecrets(name, tag, ports.aws)));
  return found.flat();
}
