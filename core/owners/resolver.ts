import type { OwnerCandidate, RoleFacts, SecretFacts, UserFacts } from '#core/step-facts';

/** Finds owner candidates in what triage has looked up. `rank`: the lower one is believed first. */
export interface OwnerResolver {
  name: string;
  rank: number;
  candidates(
    facts: { user: UserFacts | null; role: RoleFacts | null; secrets: SecretFacts[] },
    ownerTag: string,
  ): OwnerCandidate[];
}
