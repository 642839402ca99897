import { type Html, html } from './html.ts';
import { facts, mark, section, source, table, time } from './phrase.ts';
import { entries, plain, type Story } from './story.ts';

/** Who is accountable, how that was found, and by when. */
export function owner(story: Story): Html {
  const told = story.latest('assign-owner');
  if (!told)
    return section('owner', 'Owner', html`<p>No owner has been assigned: the case has not come to that step.</p>`);
  const { owner: found, candidates, conflict, dueAt, raci } = told.facts;
  return section(
    'owner',
    'Owner',
    html`${source(told.record)}
${facts([
  ['Owner', found?.owner ?? mark('warn', 'none found')],
  ['Found by', found?.source ?? 'no candidate'],
  ['Conflict', conflict ? mark('warn', 'the candidates disagree') : 'none'],
  ['Decision due', time(dueAt)],
  ['Accountable', raci?.accountable],
  ['Responsible', raci?.responsible],
  ['Informed', plain(raci?.informed).join(', ')],
])}
${
  entries(candidates).length === 0
    ? null
    : table(
        'Candidates, best source first',
        ['Candidate', 'Found by'],
        entries(candidates).map((candidate) => [candidate.owner, candidate.source]),
      )
}`,
  );
}
