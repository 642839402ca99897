import type { Identity, Signal } from '#core/finding';
import type { Notice } from '#core/notice';
import type { Next, StepName } from '#core/pipeline';
import type { Settings } from '#core/settings';
import type { ActionResult, CutsMade, Facts, Rotation } from '#core/step-facts';
import type { CallRecord } from '#verifier/format';

/** Where a case is. `noted` holds advisory findings alone and no run; `waiting` (for an approval) comes with `approve`. */
export const stages = [
  'noted',
  'opened',
  'contained',
  'triaged',
  'owned',
  'rotated',
  'revoked',
  'verified',
  'closed',
  'parked',
] as const;
export type Stage = (typeof stages)[number];

/** The response to one identity: what the register holds of it. The records are the truth, this is their projection. */
export interface Case {
  id: string;
  identity: Identity;
  account: string | null;
  region: string | null;
  simulated: boolean;
  /** The strongest of its findings. */
  signal: Signal;
  mode: Settings['mode'];
  stage: Stage;
  run: number;
  openedAt: string;
  updatedAt: string;
  /** Findings attached, and how many of them a run has taken. */
  attached: number;
  taken: number;
  /** Set while the closing record is written: a finding that comes now is kept in the queue until the case is closed. */
  closing: boolean;
  /** Every step's update is conditional on it. */
  version: number;
  records: RecordRef[];
  /** What was cut and not taken back, by the records of all runs. */
  cuts: CutsMade[];
  /** Cuts that a rollback has taken back and nobody has made again. */
  lifted: Pick<ActionResult, 'action' | 'credential'>[];
  /** When a person had its changes taken back last, by the records of all runs. */
  takenBackAt: string | null;
  /** What was rotated, by the records of all runs. */
  rotations: Rotation[];
  /** Ids of the keys that the user had when it was first cut; null before that. */
  keysBefore: string[] | null;
  /** Keys that nobody accounts for, and of which whoever asked for a retry had been told. */
  accepted: string[];
  /** What is stored before an effect, so that a retry knows what it had begun. */
  work: Work;
  facts: Facts;
  /**
   * The step that was committed last: a retry of it tells its notices again and goes on, instead of doing it twice.
   * Null when the case went back to its first step.
   */
  last: { run: number; step: StepName; next: Next; notices: Notice[] } | null;
  /** When it was closed last: a repeat seen later than this reopens it. */
  closedAt: string | null;
}

export interface RecordRef {
  number: number;
  step: RecordStep;
  /** Of the stored envelope. */
  sha256: string;
}

/** `open` is signed by the first step of the first run: intake cannot sign. */
export type RecordStep = 'open' | 'rollback' | StepName | 'look';

export interface Work {
  /** State before the first change, by action and credential, until a record tells of the change; and roles whole. */
  before?: Record<string, unknown>;
  /** Keys that the user had before the first change, until the case is closed: an attempt may die after it. */
  keysBefore?: string[];
  /** Sessions issued before this whole second are refused, by the denies that the run makes after as many findings. */
  cutoff?: { run: number; taken: number; at: string };
  /** Calls of an attempt that failed: the next record, of its retry or of `park`, tells them. */
  calls?: CallRecord[];
  /** The run that has been counted among those that cut in its hour. */
  counted?: number;
  rotation?: Record<string, RotationIntent>;
  /** Secrets that the run has rotated, until a record tells of them: it may fail at the next one. */
  rotated?: Rotation[];
  /** Keys that the case has made, stored before a secret gives them out: the run may die before its record tells. */
  made?: string[];
  /** A rollback has begun and has not written its record yet. */
  undoing?: { claimedBy: string; execution: string };
  decided?: Decided;
}

/**
 * Stored before CreateAccessKey: a key that is neither in `keysBefore` nor in a version of the secret, was made when an
 * attempt was about to make one, and was never used, is its orphan.
 */
export interface RotationIntent {
  oldKeyId: string;
  keysBefore: string[];
  /** When each attempt was about to make a key; absent in intents of earlier versions, by which nothing is deleted. */
  at?: string[];
  /** Stored before they are deleted, so that a crash cannot leave a deletion without its record. */
  orphans: string[];
}

/** What a step has decided and done, stored before its record: a retry records it and does nothing a second time. */
export interface Decided {
  run: number;
  step: StepName;
  occurredAt: string;
  stage: Stage;
  next: Next;
  facts: NonNullable<Facts[StepName]>;
  notices: Notice[];
}
