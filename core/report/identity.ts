import { type Html, html, json, lines } from './html.ts';
import { code, facts, section, source, table, time } from './phrase.ts';
import { roleChanges, roleReach } from './role.ts';
import { asText, entries, isObject, plain, type Story } from './story.ts';

/** Who it is, and what it holds before the case and after it: keys and policies of a user, policies of a role. */
export function identity(story: Story): Html {
  const opened = story.latest('open');
  const contained = story.all('contain');
  const first =
    contained.find(({ facts: { user, role } }) => isObject(user ?? role)) ??
    story.all('triage').find(({ facts: { user, role } }) => isObject(user ?? role));
  const who = opened?.facts.identity;
  const role = first?.facts.role;
  const known = first?.facts.user ?? role;
  const tags = Object.entries(isObject(known?.tags) ? known.tags : {});
  return section(
    'identity',
    'Identity, before and after',
    html`${source(opened?.record, first?.record)}
${facts([
  ['Kind', code(who?.kind)],
  ['ARN', code(known?.arn ?? who?.arn)],
  ['Unique id', code(known?.uniqueId ?? who?.uniqueId)],
  ...(who?.session ? [['Session', code(who.session)] as [string, unknown]] : []),
  ['Aliases', plain(who?.aliases).map((alias, index) => html`${index > 0 ? ', ' : null}${code(alias)}`)],
  ...(known
    ? ([
        ['Created', time(known.createdAt)],
        [
          'Tags',
          tags.length === 0
            ? 'none'
            : tags.map(([key, value], index) => html`${index > 0 ? ', ' : null}${code(`${key}=${value}`)}`),
        ],
      ] as [string, unknown][])
    : []),
])}
${isObject(role) ? [roleChanges(story, role), roleReach(story, role)] : known ? changes(story) : html`<p>The user was not looked up${reasonOf(story)}, so there is no before and after.</p>`}`,
  );
}

const reasonOf = (story: Story): string => {
  const reason = story.latest('contain')?.facts.reason;
  return reason ? ` (${reason})` : '';
};

function changes(story: Story): Html {
  const before = entries(story.all('contain').find(({ facts: { user } }) => isObject(user))?.facts.user?.keys);
  const answered = lastKeyList(story);
  const ids = [...new Set([...before.map(({ id }) => asText(id)), ...(answered?.keys.keys() ?? [])])];
  const keys = ids.map((id) => [
    html`key ${code(id)}`,
    before.find((key) => asText(key.id) === id)?.status ?? 'did not exist',
    answered ? (answered.keys.get(id) ?? 'no longer listed') : 'not read again',
  ]);
  const policies = story.all('contain').flatMap(({ facts: { done } }) =>
    entries(done)
      .filter(({ credential }) => !asText(credential).startsWith('access-key/'))
      .map(({ action, before, after }) => [action, state(before, 'none of this case'), state(after, 'not recorded')]),
  );
  return html`${table('Access of this identity', ['What', 'Before', 'After'], [...keys, ...policies])}
<p class="quiet">Keys before: as the first look-up found them. ${answered ? html`After: as AWS last listed them, ${time(answered.at)} (record <a href="#calls-${answered.number}">${answered.number}</a>).` : 'They were not listed again.'}${policies.length > 0 ? ' Policies after: what was asked for; whether it was read back stands under Proof.' : null}</p>`;
}

const state = (value: unknown, none: string): unknown => {
  if (value === null || value === undefined) return none;
  const name = isObject(value) && 'policyName' in value ? value.policyName : 'as recorded';
  return html`<details><summary>${name}</summary><pre>${lines(json(value))}</pre></details>`;
};

/** What ListAccessKeys answered last: better evidence of the state than what we asked for. */
function lastKeyList(story: Story): { at: string; number: number; keys: Map<string, string> } | undefined {
  for (const { number, calls } of story.records.toReversed()) {
    for (const { operation, answered, at } of entries(calls).toReversed()) {
      if (operation !== 'iam:ListAccessKeys' || !isObject(answered)) continue;
      const listed = entries((answered as { AccessKeyMetadata?: Record<string, unknown>[] }).AccessKeyMetadata);
      return { at, number, keys: new Map(listed.map((key) => [asText(key.AccessKeyId), asText(key.Status)])) };
    }
  }
  return undefined;
}
