import type { Case, Stage } from '#core/case';
import type { Finding } from '#core/finding';
import type { Notice } from '#core/notice';
import type { Permission } from '#core/permission';
import type { Next, StepName } from '#core/pipeline';
import type { Ports } from '#core/ports';
import type { Facts } from '#core/step-facts';

/** What a step is given: the case, and its findings read again from the stored bytes. */
export interface CaseFile {
  found: Case;
  findings: Finding[];
  /** How many more were attached and, being too many, not read. */
  unread?: number;
  /** How many of them are more than advisory and say something that none says which was read. */
  unweighed?: number;
  /** Set by the machine's Catch for `park` alone. */
  error?: { name: string; message: string };
}

export interface Outcome<S extends StepName> {
  stage: Stage;
  next: Next<S>;
  facts: NonNullable<Facts[S]>;
  notices?: Notice[];
}

/** What a step that tells people something needs. */
export const tells: Permission = { action: 'sns:Publish', on: 'topic' };

/** One step of a case: a rule over facts, with the permissions it uses beyond those of its actions and rotators. */
export interface Step<S extends StepName = StepName> {
  name: S;
  permissions: Permission[];
  /** Null, of `close` and `park` alone: a finding waits, the case goes back to its first step and nothing is recorded. */
  run(file: CaseFile, ports: Ports): Promise<Outcome<S> | null>;
}
