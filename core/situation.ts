import type { Brake, Case, RoleFacts, UserFacts } from '#core/case';
import { type Finding, type Signal, stronger } from '#core/finding';

/** Everything a decision about one identity weighs. */
export interface Situation {
  step: string;
  found: Case;
  findings: Finding[];
  /** Null where AWS knows no such user or role, or where the finding is not about one of this account. */
  user: UserFacts | null;
  role: RoleFacts | null;
  contained: boolean;
  brake: Brake | null;
}

/** Findings from the simulation bus count only where no real one does: they may touch decoys alone. */
export const weighed = (findings: Finding[]): Finding[] => {
  const real = findings.filter(({ simulated }) => !simulated);
  return real.length > 0 ? real : findings;
};

export const signalOf = (findings: Finding[]): Signal =>
  weighed(findings).reduce<Signal>((signal, finding) => stronger(signal, finding.signal), 'advisory');
