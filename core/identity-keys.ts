import type { Identity } from './finding.ts';

/** Identity keys, strongest first (`docs/design.md`). */
const strength = [
  'user',
  'role',
  'root',
  'federated',
  'identity-center',
  'workload',
  'access-key',
  'secret',
  'service',
  'external',
  'unknown',
];
const rank = (key: string) => strength.indexOf(key.split('/')[0] ?? '');
export const strongestFirst = (aliases: string[]): string[] => aliases.toSorted((a, b) => rank(a) - rank(b));

/** Whether a key names somebody, whatever credential they hold: of two such keys each is an actor of its own. */
export const namesActor = (key: string): boolean => rank(key) >= 0 && rank(key) < rank('access-key');

/** The long-term key that is all that is told of an identity: AWS can be asked who holds it. */
export const keyAlone = ({ kind, key }: Identity): string | undefined =>
  kind === 'unknown' ? /^access-key\/(AKIA\w+)$/.exec(key)?.[1] : undefined;
