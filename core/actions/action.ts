import type { Permission } from '#core/permission';
import type { CallAws } from '#core/ports';
import type { ActionResult, CredentialKind, RoleFacts, RungResult, TakenBack, UserFacts } from '#core/step-facts';

interface Aimed {
  caseId: string;
  /** The whole second before which sessions are refused. */
  cutoff: string;
}

/** A user or a role that has been looked up, never one that is only named by a finding. */
export interface UserTarget extends Aimed {
  user: UserFacts;
  /** For actions on one access key. */
  keyId?: string;
}
export interface RoleTarget extends Aimed {
  role: RoleFacts;
  /** For actions on the sessions of one name. */
  session?: string;
}
/** What an action is aimed at: each takes the one that belongs to what it cuts. */
export type Target = UserTarget | RoleTarget;

/**
 * What became of a change when it was to be taken back. `kept`: it is never taken back; `refused`: somebody has changed
 * the object since, so it is no longer ours to touch.
 */
export type Undone = Pick<TakenBack, 'outcome' | 'reason'>;

/** One reversible change that cuts access. A file of this folder and a line in its index. */
export interface Action {
  name: string;
  cuts: CredentialKind;
  permissions: Permission[];
  /** What reading the change back needs: another call than the one that made it. */
  proofPermissions: Permission[];
  /** The state that it will change, for the record and for undo; null where there is none. */
  before(target: Target): unknown;
  isDone(target: Target): boolean;
  /** Makes the change and answers the state it asked for. May run twice. */
  run(target: Target, aws: CallAws): Promise<unknown>;
  /** The rung *configured*: whether AWS, asked another way, shows the change. */
  readBack(target: Target, aws: CallAws): Promise<RungResult>;
  /** What taking the change back needs; held by the rollback's role alone. */
  undoPermissions: Permission[];
  /**
   * Takes back exactly what the record says was done, or says why not. It never gives a credential back, asks AWS
   * first, and leaves alone what is not as it was recorded. May run twice.
   */
  undo(target: Target, recorded: ActionResult, aws: CallAws): Promise<Undone>;
}
