import type { Identity, Signal } from '#core/finding';

export const verdicts = ['revoked', 'contained-not-proven', 'observed', 'excepted', 'no-action'] as const;
export type Verdict = (typeof verdicts)[number];

/** A finding as the register holds it; its bytes are in the evidence bucket under `raw/SHA256`. */
export interface AttachedFinding {
  source: string;
  id: string;
  type: string;
  signal: Signal;
  why: string;
  raw: string;
  observedAt: string;
  receivedAt: string;
  /** Dense, from 1, in the order of arrival; a run has taken those up to `case.taken`. */
  seq: number;
  /** The key or session that it names, so that none is lost among too many. */
  about?: string | undefined;
}

/** Why nothing may be changed at all, whoever a case is about. */
export interface Brake {
  is: 'stopped' | 'limit';
  reason: string;
}

/** What can be cut, and the first part of a credential's name. */
export const credentialKinds = ['access-key', 'user-sessions', 'role-session', 'role-sessions'] as const;
export type CredentialKind = (typeof credentialKinds)[number];

export const answers = ['auto', 'approval', 'forbidden'] as const;
export type Answer = (typeof answers)[number];

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

/** What became of a cut, of a rotation, and of a change that was to be taken back. */
export const outcomes = {
  cut: ['done', 'already-done'],
  rotation: ['rotated', 'already-rotated'],
  undo: ['taken-back', 'already-gone', 'kept', 'refused'],
} as const;
type OutcomeOf<K extends keyof typeof outcomes> = (typeof outcomes)[K][number];

export interface ActionResult {
  action: string;
  credential: string;
  outcome: OutcomeOf<'cut'>;
  before: unknown;
  after: unknown;
  /** Of a deny that stood and was left as it was: its cut-off, which is not that of the pass. */
  keptCutoff?: string;
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
export const rungResults = ['passed', 'failed', 'not available'] as const;
export interface RungResult {
  result: (typeof rungResults)[number];
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
  /** An attempt of before had begun it too, and may have made it. */
  inDoubt?: true;
}

/** What one pass of `contain` has cut, with what is needed to prove it and to take it back. */
export type CutsMade = Pick<NonNullable<Facts['contain']>, 'done' | 'cutoff' | 'cutAt' | 'user' | 'role'>;

export interface Facts {
  open?: { identity: Identity; findings: AttachedFinding[] };
  contain?: {
    plan: PlannedAction[];
    done: ActionResult[];
    /** Findings that were attached and, being too many, not read. */
    unread?: number;
    /** What AWS refused to cut, beside what was cut. */
    refused?: RefusedCut[];
    cutoff: string | null;
    /** When the run's cuts had been made; absent where it found all as it should be. */
    cutAt?: string | undefined;
    user: UserFacts | null;
    /** Keys that the user had before the first change, whichever attempt made it; absent in earlier versions' records. */
    keysBefore?: string[];
    /** Absent in records of versions that knew users alone. */
    role?: RoleFacts | null | undefined;
    reason: string;
    /** Other open cases that a name of the identity leads to, which this one has learnt. */
    others?: string[];
    /** Keys that the identity has made for itself before its name was learnt, as CloudTrail told without a case. */
    newKeys?: string[];
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
  verify?: {
    verdict: Verdict;
    credentials: CredentialProof[];
    openPoints: string[];
    /** Active keys that appeared since the first cut and that nobody accounts for. */
    strangers: string[];
  };
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
    /** Secrets that were rotated before the step failed at another one; absent where there is none. */
    rotations?: Rotation[];
  };
}

/** What a rollback did about one change of the case. */
export interface TakenBack {
  action: string;
  credential: string;
  outcome: OutcomeOf<'undo'>;
  reason: string;
}

export interface Rotation {
  secret: string;
  rotator: string;
  /** `already-rotated`: somebody else had put another key there before the case did. */
  outcome: OutcomeOf<'rotation'>;
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
