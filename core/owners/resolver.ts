import type { OwnerCandidate, SecretFacts, UserFacts } from '#core/case';

/** Finds owner candidates in what triage has looked up. `rank`: the lower one is believed first. */
export interface OwnerResolver {
  name: string;
  rank: number;
  candidates(facts: { user: UserFacts | null; secrets: SecretFacts[] }, ownerTag: string): OwnerCandidate[];
}
