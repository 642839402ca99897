import { type Html, html } from './html.ts';
import { code, credential, facts, section, source, time, word } from './phrase.ts';
import { asText, entries, liftedAfter, plain, type Story, type Told } from './story.ts';

/** What was changed: cuts, rotations, and keys held down. */
export function actions(story: Story): Html {
  const contain = story.all('contain');
  const rotate = story.all('rotate');
  const revoke = story.latest('revoke');
  const shown = story.later('verify', 'look');
  const cuts = contain.flatMap(({ facts: { done, cutoff }, record }) =>
    entries(done).map((cut) => {
      const lifted = liftedAfter(story, record.number).get(asText(cut.credential));
      const isDeny = /^(user-sessions|role-sessions?)\//.test(asText(cut.credential));
      const from = cut.keptCutoff ?? cutoff;
      const missing = isDeny && !lifted ? notFound(shown, record.number, cut.credential) : undefined;
      return html`<li><p>${word(cut.outcome)} <strong>${cut.action}</strong> of ${credential(cut.credential)}</p>
<p class="quiet">record <a href="#record-${record.number}">${record.number}</a>${isDeny && from ? html`; sessions issued before ${time(from)} ${lifted || missing ? 'were' : 'are'} refused, those issued shortly before it included` : null}${missing ? html`; record <a href="#record-${missing}">${missing}</a> did not find the deny as it was made` : null}${lifted ? html`; taken back by record <a href="#record-${lifted}">${lifted}</a>` : null}</p></li>
`;
    }),
  );
  const rotations = [...rotate, ...story.all('park')]
    .toSorted((a, b) => a.record.number - b.record.number)
    .flatMap(({ facts: told, record }) =>
      entries(told.rotations).map(
        (rotation) =>
          html`<h3>Rotation</h3>${facts([
            ['Secret', code(rotation.secret)],
            ['Outcome', word(rotation.outcome)],
            ['Key', html`${code(rotation.oldKeyId)} → ${code(rotation.newKeyId)}`],
            ['New version', code(rotation.newVersion)],
            ['Promoted', time(rotation.promotedAt)],
            [
              'Orphans deleted',
              plain(rotation.orphansDeleted).length === 0
                ? 'none'
                : plain(rotation.orphansDeleted).map((id, index) => html`${index > 0 ? ', ' : null}${code(id)}`),
            ],
            ['Record', html`<a href="#record-${record.number}">${record.number}</a>`],
          ])}`,
      ),
    );
  const blocked = rotate.at(-1)?.facts.blocked;
  const held = entries(revoke?.facts.keys);
  return section(
    'actions',
    'Actions and rotation',
    html`${cuts.length === 0 ? html`<p>Nothing was cut.</p>` : html`<ul class="rows">${cuts}</ul>`}
${rotations.length === 0 && !blocked ? html`<p>No secret was rotated.</p>` : rotations}
${blocked ? html`<h3>Rotation blocked</h3><p>${code(blocked.secret)}: ${blocked.reason}</p><ul>${entries(blocked.keys).map((key) => html`<li>${code(key.id)} ${key.status}, last used ${key.lastUsed ?? 'never seen'}</li>`)}</ul>` : null}
${held.length === 0 ? null : html`<h3>Old keys</h3>${source(revoke?.record)}<ul>${held.map((key) => html`<li>${code(key.keyId)} left ${key.status}, deletion due ${time(key.dueAt)} <span class="quiet">(${key.note})</span></li>`)}</ul>`}`,
  );
}

/** The later record that did not find a cut as it was made. */
function notFound(shown: Told<'verify'> | Told<'look'> | undefined, cutBy: number, cut: unknown): number | undefined {
  if (!shown || shown.record.number < cutBy) return undefined;
  const proof = entries(shown.facts.credentials).find(({ credential: name }) => name === cut);
  return proof?.rungs?.configured?.result === 'failed' ? shown.record.number : undefined;
}
