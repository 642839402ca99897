import { sha256 } from '#core/digest';
import type { Identity, IdentityKind } from '#core/finding';
import { subjectName } from '#core/ids';
import type { ReadingSettings } from './source.ts';

/** Identities by the names of a provider's subjects. */
type Table = Record<string, string>;

/** The identity provider that a source stands for, if the settings have one. */
export const providerOf = (source: string, { identityProviders }: Pick<ReadingSettings, 'identityProviders'>) =>
  Object.entries(identityProviders).find(([name]) => name === source)?.[1] ?? null;

const plain = /^[\w.@+|:-]{1,128}$/;
const kinds: Record<string, IdentityKind> = {
  user: 'iam-user',
  role: 'role-session',
  federated: 'federated-user',
  'identity-center': 'identity-center-user',
};

/**
 * Who the subjects of an event are, each told by its names: ids of the provider, or what it signs in with. By the table
 * that operators own, and nobody else is guessed: who is not in it has one case by the first name, and two subjects, or
 * one that the table takes for two, are nobody for certain.
 */
export function whoIs(subjects: string[][], source: string, table: Table, findingId: string): Identity {
  const known = new Map(Object.entries(table).map(([name, key]) => [subjectName(name), key]));
  const all = new Map(subjects.map((names) => [names.map(subjectName).join('\n'), names.map(subjectName)]));
  const [names = [], ...others] = all.values();
  const keys = new Set(names.map((name) => known.get(name)).filter((key) => key !== undefined));
  const [key] = keys;
  if (others.length === 0 && keys.size === 1 && key !== undefined) return identityOf(key);
  const [name] = names;
  const isOne = others.length === 0 && keys.size === 0 && name !== undefined;
  const unknown = `unknown/${source}/${isOne ? asId(name) : findingId}`;
  return { kind: 'unknown', key: unknown, aliases: [unknown] };
}

const asId = (name: string): string => (plain.test(name) ? name : sha256(name).slice(0, 16));

/** The account that an identity is of by its key; null for one of Identity Center. */
export const accountIn = ({ key }: Identity): string | null => /^[a-z-]+\/(\d{12})\//.exec(key)?.[1] ?? null;

function identityOf(key: string): Identity {
  const [form = '', ...rest] = key.split('/');
  const name = form === 'identity-center' ? undefined : rest.at(-1);
  return { kind: kinds[form] ?? 'unknown', key, aliases: [key], ...(name !== undefined && { name }) };
}
