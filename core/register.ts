import type { Case } from '#core/case';
import type { Finding } from '#core/finding';
import type { Settings } from '#core/settings';
import type { AttachedFinding } from '#core/step-facts';

/** The register of cases. Every write is conditional; CASE_CHANGED where somebody else was first. */
export interface Register {
  load(caseId: string): Promise<Case>;
  findings(caseId: string): Promise<AttachedFinding[]>;
  /**
   * Applies the changes if `version` and `run` are still those of `found`; with `allTaken`, only if no finding waits, and
   * with `identity`, only if none has brought names since that was read.
   */
  update(
    found: Case,
    changes: Partial<Case>,
    condition?: { allTaken?: true; identity?: Case['identity'] },
  ): Promise<Case | 'findings-wait'>;
  /** Marks the case closed and frees its aliases for a next case. */
  close(found: Case, changes: Partial<Case>): Promise<Case>;
  attach(finding: Finding, receivedAt: string, mode: Settings['mode']): Promise<Attachment>;
  /** The same for a finding that may open no case: null where its identity has none open. */
  join(finding: Finding, receivedAt: string, mode: Settings['mode']): Promise<Attachment | null>;
  /** What stands of a finding that tells nothing new; null where it is to be attached. */
  repeated(finding: Finding): Promise<(Attachment & { outcome: 'repeated' }) | null>;
  /** Whether there is an open case that such a finding would join. */
  isOpenFor(finding: Finding): Promise<boolean>;
  /** Keeps the text of an event for a case of its identity that is opened later, until then (epoch seconds). */
  hear(finding: Finding, body: string, until: number): Promise<void>;
  /** The texts that were kept for any name of the finding's identity and still count, at `now` in epoch seconds. */
  heard(finding: Pick<Finding, 'identity' | 'simulated'>, now: number): Promise<string[]>;
  /** Lets the names lead to the case where they lead nowhere; answers the other open cases that they lead to. */
  learn(found: Pick<Case, 'id' | 'simulated'>, aliases: string[]): Promise<string[]>;
  /** Opens the next run, if the case still is at this one; answers the run that it is at now. */
  nextRun(caseId: string, run: number): Promise<number>;
  /**
   * Opens the next run of a case that is parked or closed, or whose run is known to have ended (`deadRun`), without a
   * finding. A closed case gets back those of its aliases that no other open case has by now.
   */
  reopen(caseId: string, mode: Settings['mode'], why: Reopening): Promise<Reopened>;
  /** The stop switch as it was set last, read consistently; null where nobody ever has. */
  stopSwitch(): Promise<StopSwitch | null>;
  setStopSwitch(to: StopSwitch): Promise<void>;
  /** Adds a run to those that cut in this hour; false, and nothing added, where there are `most` others. */
  countCut(run: string, hour: string, most: number): Promise<boolean>;
  /** How many runs have cut in this hour. */
  cutsIn(hour: string): Promise<number>;
  /** Notes that a record of the case tells of these calls. */
  accountFor(caseId: string, record: number, requestIds: string[]): Promise<void>;
  /** The record that is said to tell of a call. */
  accountOf(requestId: string): Promise<{ caseId: string; number: number } | null>;
  /** The newest cases, as far as their row tells. */
  list(limit: number): Promise<Case[]>;
}

/** The one switch that stops every change, as an operator has left it. */
export interface StopSwitch {
  stopped: boolean;
  /** The ARN that whoever set it gave; CloudTrail knows who it was. */
  by: string;
  at: string;
  reason: string;
}

/** Why a case is taken up again without a finding. */
export interface Reopening {
  /** A retry says that somebody has read what the case was parked for. */
  control: 'retry' | 'reopen';
  /** The run that whoever asks has seen. */
  run: number;
  /** A run whose execution is known to have ended without parking or closing its case. */
  deadRun?: number;
}

/** What became of a case that was to be taken up again. `gone-on`: that was done, or was no longer asked for. */
export interface Reopened {
  caseId: string;
  run: number;
  outcome: 'reopened' | 'running' | 'closing' | 'gone-on';
}

/** What became of a finding at the register. */
export interface Attachment {
  caseId: string;
  run: number;
  /** `closing`: not attached, because the last record of its case is being written; try again when that is done. */
  outcome: 'opened' | 'joined' | 'repeated' | 'closing';
  /** No run has taken the finding yet. */
  waiting: boolean;
}
