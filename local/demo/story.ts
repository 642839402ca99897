import type { Case } from '#core/case';
import type { Cloud } from '../cloud.ts';
import type { SeededUser } from '../seed.ts';
import type { Display } from './display.ts';
import type { Standing } from './standing.ts';

/** Something that must be so; `detail` is what was seen. */
export interface Check {
  name: string;
  ok: boolean;
  detail: string;
}

/** What every story has seen, whoever it is about. Times are milliseconds since the epoch. */
export interface Seen {
  found: Case | null;
  /** Runs Rescind's CLI. */
  operator: SeededUser;
  /** What was in the account before the event. */
  standing: Standing;
  /** When the reply of PutEvents came, and the attacker's first refusal after it. */
  acceptedAt: number;
  cutAt: number | null;
  /** How many messages must have become dead letters. */
  notTakenIn: number;
  /** Values that nothing may hold. */
  secrets: string[];
}

/** A story that has been played: what it has seen, what people are told of it, and its own checks. */
export interface Played extends Seen {
  told: string[];
  checks: Check[];
}

/** Seeds its own identities, plays the story on them and waits for the case. `event`: one to play instead of its own. */
export type Play = (cloud: Cloud, event: object | undefined, display: Display) => Promise<Played>;
