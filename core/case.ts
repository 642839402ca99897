import type { Identity, Signal } from '#core/finding';
import type { Notice } from '#core/notice';
import type { Next, StepName } from '#core/pipeline';
import type { Settings } from '#core/settings';
import type { CallRecord } from '#verifier/format';

/** Where a case is. `waiting` (for an approval) comes with the step `approve`. */
export type Stage =
  | 'opened'
  | 'contained'
  | 'triaged'
  | 'owned'
  | 'rotated'
  | 'revoked'
  | 'verified'
  | 'closed'
  | 'parked';

export type Verdict = 'revoked' | 'contained-not-proven' | 'observed' | 'excepted' | 'no-action';

/** A finding as the register holds it; its bytes are in the evidence bucket under `raw/SHA256`. */
export interface AttachedFinding {
  source: string;
  id: string;
  type: string;
  signal: Signal;
  raw: string;
  observedAt: string;
  receivedAt: string;
  /** Dense, from 1, in the order of arrival; a run has taken those up to `case.taken`. */
  seq: number;
}

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
  /** What was rotated, by the records of all runs. */
  rotations: Rotation[];
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
  /** Sessions issued before this whole second are refused; each run, and each further finding, stamps its own. */
  cutoff?: { run: number; taken: number; at: string };
  /** Calls of an attempt that failed: the next record, of its retry or of `park`, tells them. */
  calls?: CallRecord[];
  /** The run that has been counted among those that cut in its hour. */
  counted?: number;
  rotation?: Record<string, RotationIntent>;
  /** A rollback has begun and has not written its record yet. */
  undoing?: { claimedBy: string; execution: string };
  decided?: Decided;
}

/** Stored before CreateAccessKey: whatever key is neither in `keysBefore` nor in a version of the secret is an orphan. */
export interface RotationIntent {
  oldKeyId: string;
  keysBefore: string[];
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

/** Why nothing may be changed at all, whoever a case is about. */
export interface Brake {
  is: 'stopped' | 'limit';
  reason: string;
}

/** What can be cut, and the first part of a credential's name. */
export type CredentialKind = 'access-key' | 'user-sessions' | 'role-session' | 'role-sessions';

export type Answer = 'auto' | 'approval' | 'forbidden';

/** One action on one credential, with what policy said and which policies said it. */
export interface PlannedAction {
  action: string;
  /** `access-key/AKIA…`, `user-sessions/ACCOUNT/NAME`, `role-session/ACCOUNT/NAME/SESSION` or `role-sessions/ACCOUNT/NAME`. */
  credential: string;
  answer: Answer;
  /** In mode observe: the answer that mode enforce would give. */
  would?: Answer;
  policies: { id: string; text: string }[];
  reason: string;
}

export interface ActionResult {
  action: string;
  credential: string;
  outcome: 'done' | 'already-done';
  before: unknown;
  after: unknown;
}

export interface UserFacts {
  arn: string;
  name: string;
  uniqueId: string;
  createdAt: string | null;
  tags: Record<string, string>;
  keys: { id: string; status: string; createdAt: string | null }[];
}

/** A role as IAM has it; read whole before its first change, which is its backup. */
export interface RoleFacts {
  arn: string;
  name: string;
  path: string;
  uniqueId: string;
  createdAt: string | null;
  tags: Record<string, string>;
  /** The longest that a session of it may live. */
  maxSessionSeconds: number;
  /** A policy document, or its text where it is no JSON. */
  trust: unknown;
  inlinePolicies: { name: string; document: unknown }[];
  attachedPolicies: string[];
  instanceProfiles: string[];
}

/** Roles that a statement lets this one assume: ARNs or patterns as they stand; none, and why, where they cannot be listed. */
export interface OnwardPath {
  policy: string;
  roles: string[];
  note: string | null;
}

export interface SecretFacts {
  arn: string;
  name: string;
  tags: Record<string, string>;
}

export interface OwnerCandidate {
  owner: string;
  /** Where it was found, e.g. `tag owner of arn:…`. */
  source: string;
}

export const rungs = ['configured', 'simulated', 'canary-denied', 'log-confirmed', 'held'] as const;
export type Rung = (typeof rungs)[number];
export interface RungResult {
  result: 'passed' | 'failed' | 'not available';
  reason: string;
  /** What it rests on, where that is a trail. */
  trail?: TrailProof;
}

/** Files of the trail, so that an auditor finds them; each SHA-256 is of the unpacked file, as in CloudTrail's own digests. */
export interface TrailProof {
  bucket: string;
  /** The time that was looked at, and the last delivery in it. */
  from: string;
  to: string;
  newest: string;
  /** All files that were read: how many, and the SHA-256 over their lines as `sha256sum` prints them, by key. */
  count: number;
  sha256: string;
  /** Those that hold a call of the credential. */
  files: { key: string; sha256: string }[];
}
export interface CredentialProof {
  credential: string;
  verdict: 'revoked' | 'contained-not-proven';
  rungs: Record<Rung, RungResult>;
}

/** A cut that AWS would not make. */
export interface RefusedCut {
  action: string;
  credential: string;
  error: string;
}

/** What one pass of `contain` has cut, with what is needed to prove it and to take it back. */
export type CutsMade = Pick<NonNullable<Facts['contain']>, 'done' | 'cutoff' | 'cutAt' | 'user' | 'role'>;

export interface Facts {
  open?: { identity: Identity; findings: AttachedFinding[] };
  contain?: {
    plan: PlannedAction[];
    done: ActionResult[];
    /** What AWS refused to cut, beside what was cut. */
    refused?: RefusedCut[];
    cutoff: string | null;
    /** When the run's cuts had been made. */
    cutAt?: string | undefined;
    user: UserFacts | null;
    /** Absent in records of versions that knew users alone. */
    role?: RoleFacts | null | undefined;
    reason: string;
    /** What held back the cuts that policy would have allowed. */
    brake?: Brake | null;
  };
  triage?: {
    user: UserFacts | null;
    role?: RoleFacts | null;
    secrets: SecretFacts[];
    plan: PlannedAction[];
    candidates: OwnerCandidate[];
    /** Whither a session of the role may have gone on: such sessions survive the cut. */
    onward?: OnwardPath[];
    /** The user can sign in to the console by a password, which is not cut. */
    password?: boolean;
  };
  'assign-owner'?: {
    owner: OwnerCandidate | null;
    candidates: OwnerCandidate[];
    conflict: boolean;
    dueAt: string;
    asks: PlannedAction[];
    /** Parties by their part: who is accountable, who acts, who is told. */
    raci: { accountable: string; responsible: string; informed: string[] };
  };
  rotate?: {
    rotations: Rotation[];
    blocked: { secret: string; reason: string; keys: KeyUse[] } | null;
    /** The stop switch was on before a secret was rotated. */
    brake?: Brake | null;
  };
  revoke?: { keys: { keyId: string; status: string; dueAt: string; note: string }[] };
  verify?: { verdict: Verdict; credentials: CredentialProof[]; openPoints: string[] };
  /** `holds`: no rung has failed since. `verdict` may have risen, and is the case's from now on. */
  look?: { verdict: Verdict; holds: boolean; credentials: CredentialProof[]; openPoints: string[]; reason: string };
  /** `lookAt`: when it is looked at again; null where nothing was cut. */
  close?: { verdict: Verdict; openPoints: string[]; findings: number; lookAt?: string | null };
  rollback?: {
    /** The ARN that whoever asked gave, as claimed; who started the execution is in CloudTrail. */
    claimedBy: string;
    execution: string;
    items: TakenBack[];
  };
  park?: {
    reason: string;
    needs: string;
    error: { name: string; message: string } | null;
    /** Cuts that were begun and of which no record tells; absent where there is none. */
    begun?: Pick<ActionResult, 'action' | 'credential'>[];
  };
}

/** What a rollback did about one change of the case. */
export interface TakenBack {
  action: string;
  credential: string;
  outcome: 'taken-back' | 'already-gone' | 'kept' | 'refused';
  reason: string;
}

export interface Rotation {
  secret: string;
  rotator: string;
  /** `already-rotated`: somebody else had put another key there before the case did. */
  outcome: 'rotated' | 'already-rotated';
  oldKeyId: string;
  newKeyId: string;
  newVersion: string;
  promotedAt: string;
  /** Keys that a crashed attempt had made and nobody could ever use: the one deletion allowed. */
  orphansDeleted: string[];
}

/** What the owner needs to choose between two keys. `lastUsed` null: IAM has seen no use. */
export interface KeyUse {
  id: string;
  status: string;
  lastUsed: string | null;
}
