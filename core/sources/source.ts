import type { Identity, Reading } from '#core/finding';
import type { Settings } from '#core/settings';
import type { Class, Classed, SignalLists } from './signal.ts';

/** An EventBridge event pattern, as far as our rules need it. */
export interface EventPattern {
  /** Names, or how they begin. */
  source: (string | { prefix: string })[];
  'detail-type': string[];
  detail?: Record<string, unknown>;
}

/**
 * JSON of an event with every object key in lower case (see `#core/sources/fold`): sources, and people who paste
 * from them, disagree in casing per field.
 */
export type Folded = null | boolean | number | string | Folded[] | { [key: string]: Folded };

/** What reading depends on beside the event. */
export type ReadingSettings = SignalLists & Pick<Settings, 'identityProviders'>;

/** What a reader is told beside the event. */
export interface ReadingContext {
  /** SHA-256 of the bytes as received; computed only where it is asked for. */
  raw(): string;
  simulated: boolean;
  /** When it was handed over (UTC, RFC 3339), for what tells no time of its own; absent for what comes in an envelope. */
  receivedAt?: string;
  /** The signal of one of its types, by the settings and the source's own classes; null where no severity is told. */
  classOf(type: string, severity: number | null): Classed;
  /**
   * Who the subjects of an identity provider are, each by its names: one identity, or the kind `unknown`. Where the
   * source stands for several providers, by the table of this issuer.
   */
  whoIs(subjects: string[][], findingId: string, issuer?: string): Identity;
}

/** What has to be there, or switched on, for the events of a source to come: each is the name of a check (`core/checks`). */
export type Need =
  | 'analyzer'
  | 'detector'
  | 'hub'
  | 'key-set'
  | 'partner-bus'
  | 'receiver'
  | 'trail'
  | 'webhook-secret';

/** One detection source: a file of this folder and a line in its index. */
export interface Source {
  /** The value of `finding.source`. */
  name: string;
  /** What its EventBridge rules listen to, one rule each; those of the simulation bus are derived from them. */
  patterns: readonly EventPattern[];
  /**
   * Where it does not come over the account's own bus: the bus of a partner that the settings name, our receiver, or the
   * hand of an operator (`rescind intake submit`).
   */
  comesBy?: 'partner' | 'receiver' | 'hand';
  /** `rescind doctor` looks at each; the rules are looked at by themselves. */
  needs: readonly Need[];
  /** What of it AWS tells EventBridge in these Regions alone. */
  onlyIn?: { regions: readonly string[]; what: string };
  /** Its types, as far as they are told apart: the first that fits counts, and the last fits all. */
  classes: readonly Class[];
  /**
   * The parts of a finding that it reads, as folded keys joined by dots; all of it unless said. A key that stands twice
   * elsewhere is none of its concern: CloudTrail has real records with `tagging` beside `Tagging`.
   */
  reads?: readonly string[];
  /**
   * What it reports is common, and news only of an identity that has an open case: its advisory findings join one, and
   * open none.
   */
  joinsOnly?: boolean;
  /** Whether what a type tells of stays when every credential is cut: a policy, a trust, a trail that is off. */
  outlasts?(type: string): boolean;
  /** Whether a bare document (no envelope) has the shape of this source's findings. */
  recognises(document: Folded): boolean;
  /**
   * Of a source that comes by hand: what of a finding may leave the machine of whoever hands it over, as the detail of
   * an event. It is read to the same finding; what has leaked, and whatever it does not name, stays where it is.
   */
  passesOn?(document: Folded): Record<string, unknown>;
  /** Reads the detail of an envelope, or a bare finding; `envelope` holds the folded envelope where there is one. */
  read(document: Folded, context: ReadingContext, envelope?: { [key: string]: Folded }): Reading[];
}
