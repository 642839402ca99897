import type { Answer, AttachedFinding, Case, Work } from '#core/case';
import type { Finding } from '#core/finding';
import type { Settings } from '#core/settings';
import type { CallRecord } from '#verifier/format';

/** The operations that steps and plugins may ask of AWS. Named `service:Operation`, as in the service's API reference. */
export type Operation =
  | 'iam:GetUser'
  | 'iam:ListAccessKeys'
  | 'iam:GetAccessKeyLastUsed'
  | 'iam:UpdateAccessKey'
  | 'iam:CreateAccessKey'
  | 'iam:DeleteAccessKey'
  | 'iam:PutUserPolicy'
  | 'iam:GetUserPolicy'
  | 'iam:DeleteUserPolicy'
  | 'secretsmanager:ListSecrets'
  | 'secretsmanager:DescribeSecret'
  | 'secretsmanager:GetSecretValue'
  | 'secretsmanager:PutSecretValue'
  | 'secretsmanager:UpdateSecretVersionStage';

/**
 * Asks AWS. The answer is `unknown`: whoever asked parses it. Throws AwsRefusal for an error that AWS named, Retryable
 * for one that another try may cure. Every call is kept for the record, secret values withheld.
 */
export type CallAws = (operation: Operation, input: Record<string, unknown>) => Promise<unknown>;

/** AWS answered with an error: `name` is the service's error name, e.g. `NoSuchEntityException`. */
export class AwsRefusal extends Error {
  readonly operation: string;
  readonly requestId: string | undefined;
  constructor(operation: string, name: string, message: string, requestId?: string, options?: ErrorOptions) {
    super(`${operation}: ${name}: ${message}`, options);
    this.name = name;
    this.operation = operation;
    this.requestId = requestId;
  }
}

export interface Deployment {
  account: string;
  region: string;
  settings: Settings;
  /** The Cedar text in force, its schema, and the SHA-256 of the text. */
  policies: { text: string; schema: string; sha256: string };
}

/** What policy is asked: one action on one identity, with all it may weigh. */
export interface Question {
  step: string;
  action: string;
  identity: {
    key: string;
    kind: string;
    /** Exactly listed in settings.protected. */
    protected: boolean;
    decoy: boolean;
    /** One of the pipeline's own roles. */
    own: boolean;
    /** Tagged `rescind=managed`, and so is the secret where there is one. */
    managed: boolean;
    /** The identity's real account is the finding's, and is enrolled. */
    accountMatches: boolean;
    /** Whether the AIDA…/AROA… of the finding is that of the identity found in AWS. */
    uniqueId: 'matches' | 'differs' | 'absent';
    /** The credential named by the finding really is this identity's. */
    credentialBelongs: boolean;
  };
  context: { mode: Settings['mode']; signal: string; simulated: boolean; contained: boolean };
}

export interface Decision {
  answer: Answer;
  /** The policies that decided. */
  policies: { id: string; text: string }[];
  reason: string;
}

/** Failing to decide is an answer too: `approval`. */
export type Decide = (question: Question) => Decision;

/** A live call with a credential that the case legitimately holds. */
export type Probe = (credential: {
  accessKeyId: string;
  secretAccessKey: string;
}) => Promise<{ served: true; arn: string } | { served: false; error: string }>;

/** What every step is given. */
export interface Ports {
  aws: CallAws;
  decide: Decide;
  probe: Probe;
  now(): Date;
  wait(milliseconds: number): Promise<void>;
  /**
   * Stores an intent in the register before its effect, merged with what is there (the first `before` of a credential
   * stays). Conditional, so a run that lost the case stops here.
   */
  keep(work: Work): Promise<void>;
  /** Holds back further findings while the last record is written; false, and nothing held, if one waits for a run. */
  seal(): Promise<boolean>;
  deployment: Deployment;
}

/** The register of cases. Every write is conditional; CASE_CHANGED where somebody else was first. */
export interface Register {
  load(caseId: string): Promise<Case>;
  findings(caseId: string): Promise<AttachedFinding[]>;
  /** Applies the changes if `version` and `run` are still those of `found`; with `allTaken`, only if no finding waits. */
  update(found: Case, changes: Partial<Case>, condition?: { allTaken: boolean }): Promise<Case | 'findings-wait'>;
  /** Marks the case closed and frees its aliases for a next case. */
  close(found: Case, changes: Partial<Case>): Promise<Case>;
  attach(finding: Finding, receivedAt: string, mode: Settings['mode']): Promise<Attachment>;
  /** Opens the next run, if the case still is at this one; answers the run that it is at now. */
  nextRun(caseId: string, run: number): Promise<number>;
  /** The newest cases, as far as their row tells. */
  list(limit: number): Promise<Case[]>;
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

/** Write-once storage. Keys: `raw/SHA256`, `cases/CASE/NNNN`. */
export interface EvidenceStore {
  put(key: string, bytes: Uint8Array): Promise<'stored' | 'exists'>;
  get(key: string): Promise<Uint8Array | null>;
}

export interface Signer {
  keyid(): Promise<string>;
  /** DER ECDSA signature over a 32-byte SHA-256 digest. */
  sign(digest: Uint8Array): Promise<Uint8Array>;
}

export interface Notice {
  what: 'opened' | 'cut' | 'parked' | 'closed';
  caseId: string;
  summary: Record<string, unknown>;
}
export type Notify = (notice: Notice) => Promise<void>;

/** Calls made so far in this invocation, for its record. */
export type TakeCalls = () => CallRecord[];
