import type { Work } from '#core/case';
import type { Finding } from '#core/finding';
import type { Notice } from '#core/notice';
import type { Settings } from '#core/settings';
import type { Answer, Brake } from '#core/step-facts';
import type { CallRecord } from '#verifier/format';

/** The operations that steps and plugins may ask of AWS. Named `service:Operation`, as in the service's API reference. */
export type Operation =
  | 'iam:GetUser'
  | 'iam:ListAccessKeys'
  | 'iam:GetLoginProfile'
  | 'iam:GetAccessKeyLastUsed'
  | 'iam:UpdateAccessKey'
  | 'iam:CreateAccessKey'
  | 'iam:DeleteAccessKey'
  | 'iam:PutUserPolicy'
  | 'iam:GetUserPolicy'
  | 'iam:GetRole'
  | 'iam:ListRolePolicies'
  | 'iam:GetRolePolicy'
  | 'iam:ListAttachedRolePolicies'
  | 'iam:ListInstanceProfilesForRole'
  | 'iam:PutRolePolicy'
  | 'iam:DeleteRolePolicy'
  | 'iam:GetPolicy'
  | 'iam:GetPolicyVersion'
  | 'iam:DeleteUserPolicy'
  | 'iam:SimulateCustomPolicy'
  | 'iam:SimulatePrincipalPolicy'
  | 'scheduler:CreateSchedule'
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
    /** One of the pipeline's own roles, or of the CDK's, which deploy it. */
    own: boolean;
    /** Tagged `rescind=managed`, and so is the secret where there is one. */
    managed: boolean;
    /** The identity's real account is the finding's, and is enrolled. */
    accountMatches: boolean;
    /** Whether the AIDA…/AROA… of the finding is that of the identity found in AWS. */
    uniqueId: 'matches' | 'differs' | 'absent';
    /** The credential named by the finding really is this identity's. */
    credentialBelongs: boolean;
    /** Who may change it: roles that AWS makes are changed by AWS alone. */
    madeBy: 'account' | 'service' | 'identity-center';
    /** A role exactly listed in settings.sweepable. */
    sweepable: boolean;
  };
  context: {
    mode: Settings['mode'];
    signal: string;
    simulated: boolean;
    contained: boolean;
    /** A person had the changes of the case taken back, and nothing that asks was seen since. */
    takenBack: boolean;
    /** What holds changes back whoever they are about: the stop switch, or the limit of cuts per hour. */
    brake: Brake['is'] | 'none';
  };
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

/** The account's trail in its bucket, as CloudTrail delivers it. Throws AwsRefusal where it may not be read. */
export interface Trail {
  /** Names of the folders right below the prefix. */
  folders(prefix: string): Promise<string[]>;
  /** At most `most` keys below the prefix. */
  keys(prefix: string, most: number): Promise<string[]>;
  /** The file unpacked; null where it is no gzip, or unpacks to more than `most` bytes. */
  read(key: string, most: number): Promise<Uint8Array | null>;
}

/** What a rung may ask. */
export type ProofPorts = Pick<Ports, 'aws' | 'probe' | 'trail' | 'now' | 'wait' | 'deployment'>;

/** What every step is given. */
export interface Ports {
  aws: CallAws;
  decide: Decide;
  probe: Probe;
  trail: Trail;
  now(): Date;
  wait(milliseconds: number): Promise<void>;
  /**
   * Stores an intent in the register before its effect, merged with what is there (the first `before` of a credential
   * stays). Conditional, so a run that lost the case stops here.
   */
  keep(work: Work): Promise<void>;
  /** The stop switch, read right before something is changed: why nothing may be; null where it is off. */
  stopped(): Promise<Brake | null>;
  /** Counts the run among those that cut in this clock hour, once; the brake where there are as many as may be. */
  countCut(): Promise<Brake | null>;
  /** Names that lead to the case from now on; answers the other open cases that some of them lead to already. */
  learn(aliases: string[]): Promise<string[]>;
  /** News that was told of these names while they had no case, and that still counts. */
  heard(aliases: string[]): Promise<Finding[]>;
  /** Holds back further findings while the last record is written; false, and nothing held, if one waits for a run. */
  seal(): Promise<boolean>;
  deployment: Deployment;
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
  /** Whether this key made the DER signature over the SHA-256 of the bytes. */
  verify(bytes: Uint8Array, signature: Uint8Array): Promise<boolean>;
}

export type Notify = (notice: Notice) => Promise<void>;

/** Calls made so far in this invocation, for its record. */
export type TakeCalls = () => CallRecord[];
