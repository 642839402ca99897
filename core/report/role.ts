import { trustedBy, workloadsOf } from '#core/facts/trust';
import type { RoleFacts } from '#core/step-facts';
import { type Html, html, json, lines } from './html.ts';
import { code, facts, source, table } from './phrase.ts';
import { asText, entries, isObject, type Loose, plain, type Story } from './story.ts';

type Role = Loose<RoleFacts> & object;

/** The role before the first cut and as triage has read it last: its policies are shown whole, for they are the backup. */
export function roleChanges(story: Story, before: Role): Html {
  const read = story.all('triage').findLast(({ facts: { role } }) => isObject(role));
  const after = read?.facts.role;
  const names = [...inlineOf(before).keys(), ...inlineOf(after).keys()];
  const rows = [
    ['trust policy', document(before.trust), isObject(after) ? changed(before.trust, after.trust) : 'not read again'],
    ...[...new Set(names)].map((name) => [
      html`inline policy ${code(name)}`,
      inlineOf(before).has(name) ? document(inlineOf(before).get(name)) : 'did not exist',
      !isObject(after)
        ? 'not read again'
        : inlineOf(after).has(name)
          ? changed(inlineOf(before).get(name), inlineOf(after).get(name))
          : 'no longer there',
    ]),
  ];
  return html`${table('Policies of this role', ['What', 'Before', 'After'], rows)}
<p class="quiet">Before: as read before the first change of this case. After: as triage read the role. A case adds policies of its own and changes no other.</p>
${source(read?.record)}`;
}

/** Who holds sessions of the role or can take one, and where such a session may have gone on. */
export function roleReach(story: Story, role: Role): Html {
  const onward = entries(story.latest('triage')?.facts.onward);
  const { trust } = role;
  const workloads = workloadsOf({ trust, instanceProfiles: plain(role.instanceProfiles) });
  return html`${facts([
    ['Can be assumed by', list(trustedBy({ trust }), 'nobody that can be read')],
    ['Workloads that must refresh', list(workloads, 'the role names none')],
    ['Managed policies', list(plain(role.attachedPolicies), 'none')],
  ])}
<h3>Onward paths</h3><p class="quiet">Roles that the role's own policies let it assume. A session made so survives the cut of this one. Roles whose trust policy names this one were not searched for.</p>
${
  onward.length === 0
    ? html`<p>No statement of the role allows it to assume another.</p>`
    : html`<ul>${onward.map((path) => html`<li>${code(path.policy)}: ${list(plain(path.roles), '')}${path.note ? html` ${path.note}` : null}</li>`)}</ul>`
}`;
}

const inlineOf = (role: Role | null | undefined): Map<string, unknown> =>
  new Map(entries(role?.inlinePolicies).map((policy) => [asText(policy.name), policy.document]));

const document = (value: unknown): Html =>
  html`<details><summary>as recorded</summary><pre>${lines(json(value))}</pre></details>`;

const changed = (before: unknown, after: unknown): unknown =>
  JSON.stringify(before) === JSON.stringify(after) ? 'the same' : document(after);

const list = (items: string[], none: string): unknown =>
  items.length === 0 ? none : items.map((item, index) => html`${index > 0 ? ', ' : null}${code(item)}`);
