import type { Settings } from '#core/settings';
import { readEvent } from '#core/sources/read';
import type { SimulatedEvent } from '../simulate.ts';

/** What an event deserves, by the rules of `docs/design.md` and not by the pipeline's own planning. */
export interface Expectation {
  outcome: 'ignored' | 'rejected' | 'noted' | 'asked' | 'contained';
  /** Whether the attacker's key, and the sessions made with it, are to be refused. */
  keyCut: boolean;
  sessionsCut: boolean;
  why: string;
}

const untouched = { keyCut: false, sessionsCut: false };

export function expectationOf({ Source, DetailType, Detail }: SimulatedEvent, settings: Settings): Expectation {
  const envelope = { source: Source, 'detail-type': DetailType, detail: JSON.parse(Detail) };
  const [reading] = readEvent(JSON.stringify(envelope), { lists: settings });
  if (!reading || reading.outcome === 'rejected')
    return { outcome: 'rejected', ...untouched, why: reading?.message ?? 'it holds nothing' };
  if (reading.outcome === 'ignored') return { outcome: 'ignored', ...untouched, why: reading.reason };
  const { signal, identity, credential, type } = reading.finding;
  if (signal === 'advisory') return { outcome: 'noted', ...untouched, why: `${type} is advisory` };
  if (signal === 'blocking') return { outcome: 'asked', ...untouched, why: `${type} needs a decision` };
  // IAM says who holds a long-term key: a name beside it is not needed.
  const isKeyAlone = identity.kind === 'unknown' && identity.key === `access-key/${credential.accessKeyId}`;
  const isLong = credential.accessKeyId?.startsWith('AKIA') === true;
  if (identity.kind !== 'iam-user' && !(isKeyAlone && isLong))
    return { outcome: 'asked', ...untouched, why: `it names the kind ${identity.kind}, and nobody of it was seeded` };
  if (isLong) return { outcome: 'contained', keyCut: true, sessionsCut: true, why: `${type} is immediate` };
  return identity.uniqueId
    ? {
        outcome: 'asked',
        keyCut: false,
        sessionsCut: true,
        why: 'it names a session: which key made it is for a person',
      }
    : { outcome: 'asked', ...untouched, why: 'it names neither the unique id nor a key of the user' };
}
