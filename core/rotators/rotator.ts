import type { RotationIntent } from '#core/case';
import type { Permission } from '#core/permission';
import type { Ports } from '#core/ports';
import type { KeyUse, Rotation, SecretFacts, UserFacts } from '#core/step-facts';

/** What replacing a secret needs of the outside, whoever drives it. */
export type RotationPorts = Pick<Ports, 'aws' | 'probe' | 'now' | 'wait' | 'deployment'>;

export type RotationOutcome =
  | { outcome: 'rotated'; rotation: Rotation }
  /** The secret holds none of the keys that were cut, and its value before held none. */
  | { outcome: 'not-concerned' }
  | { outcome: 'blocked'; reason: string; keys: KeyUse[] };

export interface RotationOrder {
  secret: SecretFacts;
  user: UserFacts;
  /** Key ids that the case has cut. */
  compromised: readonly string[];
  /** What an earlier attempt stored before it made a key. */
  intent: RotationIntent | undefined;
}

/** Replaces one kind of secret by the four steps of Secrets Manager rotation: create, set, test, finish. */
export interface Rotator {
  name: string;
  permissions: Permission[];
  rotate(order: RotationOrder, ports: Ports): Promise<RotationOutcome>;
}
