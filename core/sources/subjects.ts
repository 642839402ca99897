import { sha256 } from '#core/digest';
import type { Identity, IdentityKind } from '#core/finding';
import { subjectName } from '#core/ids';
import type { ReadingSettings } from './source.ts';

type Providers = Pick<ReadingSettings, 'identityProviders'>;
/** Who the subjects of one provider are, by their names. */
export type Table = Record<string, string | { identity: string; uniqueId: string }>;

/** The bus of a partner, if the settings name it. */
export const partnerBusOf = (source: string, { identityProviders: { okta, auth0 } }: Providers): string | undefined =>
  new Map([
    ['okta', okta],
    ['auth0', auth0],
  ]).get(source)?.eventBus;

/** The table of a source, and of its issuer where it stands for several; nobody is in that of one which has none. */
export function tableOf(source: string, { identityProviders }: Providers, issuer?: string): Table {
  const { okta, auth0, ssf } = identityProviders;
  const transmitter = ssf.find((each) => each.issuer === issuer) ?? null;
  return new Map(Object.entries({ okta, auth0, ssf: transmitter })).get(source)?.subjects ?? {};
}

/** Whether who a finding of this source is about depends on such a table. */
export const isProvider = (source: string): boolean => ['okta', 'auth0', 'ssf'].includes(source);

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
export function whoIs(
  subjects: string[][],
  { source, findingId, issuer }: { source: string; findingId: string; issuer?: string | undefined },
  table: Table,
): Identity {
  const known = new Map(Object.entries(table).map(([name, who]) => [subjectName(name), identityOf(who)]));
  const all = new Map(subjects.map((names) => [names.map(subjectName).join('\n'), names.map(subjectName)]));
  const [names = [], ...others] = all.values();
  const found = names.map((name) => known.get(name)).filter((identity) => identity !== undefined);
  const [identity] = found;
  if (others.length === 0 && identity && found.every(({ key }) => key === identity.key)) return identity;
  const [name] = names;
  const isOne = others.length === 0 && found.length === 0 && name !== undefined;
  // A name of one issuer is another's too.
  const id = isOne ? asId(issuer === undefined ? name : `${issuer} ${name}`) : findingId;
  const unknown = `unknown/${source}/${id}`;
  return { kind: 'unknown', key: unknown, aliases: [unknown] };
}

const asId = (name: string): string => (plain.test(name) ? name : sha256(name).slice(0, 16));

/** The account that an identity is of by its key; null for one of Identity Center. */
export const accountIn = ({ key }: Identity): string | null => /^[a-z-]+\/(\d{12})\//.exec(key)?.[1] ?? null;

function identityOf(who: Table[string]): Identity {
  const { identity: key, uniqueId } = typeof who === 'string' ? { identity: who, uniqueId: undefined } : who;
  const [form = '', ...rest] = key.split('/');
  const name = form === 'identity-center' ? undefined : rest.at(-1);
  return {
    kind: kinds[form] ?? 'unknown',
    key,
    aliases: [key],
    ...(name !== undefined && { name }),
    ...(uniqueId !== undefined && { uniqueId }),
  };
}
