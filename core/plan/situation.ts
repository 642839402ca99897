import type { Case } from '#core/case';
import type { Finding } from '#core/finding';
import type { Brake, RoleFacts, UserFacts } from '#core/step-facts';

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
