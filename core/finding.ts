/** `advisory`: record and review; `blocking`: needs a decision within its SLA; `immediate`: contain now. */
export const signals = ['advisory', 'blocking', 'immediate'] as const;
export type Signal = (typeof signals)[number];

/** The stronger of two signals. */
export const stronger = (a: Signal, b: Signal): Signal => (signals.indexOf(a) >= signals.indexOf(b) ? a : b);

export const signalOf = (findings: Pick<Finding, 'signal'>[]): Signal =>
  findings.reduce<Signal>((signal, finding) => stronger(signal, finding.signal), 'advisory');

/** What a weaker finding says is not said by those that are urgent: anybody may have had it told. */
export const mostUrgent = <T extends Pick<Finding, 'signal'>>(findings: T[]): T[] =>
  findings.filter(({ signal }) => signal === signalOf(findings));

export type IdentityKind =
  | 'iam-user'
  | 'iam-role'
  | 'role-session'
  | 'federated-user'
  | 'identity-center-user'
  | 'root'
  | 'service'
  | 'external'
  | 'workload'
  | 'secret'
  | 'unknown';

/** Who a finding is about, as far as the event itself says. */
export interface Identity {
  kind: IdentityKind;
  /** The strongest identifier in the event, e.g. `user/111122223333/alice`. */
  key: string;
  /** Every identifier in the event, the key included; the register joins cases on any of them. */
  aliases: string[];
  arn?: string;
  name?: string;
  /** AIDA… of a user or AROA… of a role. */
  uniqueId?: string;
  /** The name of a role session. */
  session?: string;
}

/**
 * How long a change may come before the finding that it belongs to. GuardDuty tells a new finding within minutes and its
 * repeats after six hours (GuardDuty User Guide, "Frequency to export"); what is much older may be rightful.
 */
export const heardSeconds = 6 * 3600;

/** The one normal form of what a source reports. */
export interface Finding {
  source: string;
  /** The source's own id of the finding: stable over its repeats. */
  id: string;
  type: string;
  signal: Signal;
  /** Why it has this signal: the entry of the settings, or the source's own reason. */
  why: string;
  /** 0 (none) to 10 (critical), on GuardDuty's scale. */
  severity: number;
  account: string | null;
  region: string | null;
  /** UTC, RFC 3339. */
  observedAt: string;
  /** It tells of no call that was served: of a refused one, or of a leak. No cut that stands is made anew for it. */
  unused?: true;
  /** True for what came over the simulation bus: it may touch only listed decoys. */
  simulated: boolean;
  identity: Identity;
  credential: { accessKeyId?: string };
  /** SHA-256 of the bytes as received. */
  raw: string;
}

/** What became of one event: a finding, something well formed that is not ours, or something nobody may act on. */
export type Reading =
  | { outcome: 'finding'; finding: Finding }
  | { outcome: 'ignored'; reason: string }
  | { outcome: 'rejected'; code: RejectionCode; message: string };

export type RejectionCode =
  | 'NOT_JSON'
  | 'NOT_AN_EVENT'
  | 'AMBIGUOUS'
  | 'TOO_LARGE'
  | 'FIELD_MISSING'
  | 'FIELD_INVALID'
  | 'ACCOUNT_CLASH';
