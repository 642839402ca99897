import { type Html, html } from './html.ts';
import { credential, section, source } from './phrase.ts';
import { liftedAfter, plain, type Story } from './story.ts';

/** What is left to people. */
export function openPoints(story: Story): Html {
  const [verify, close, look] = [story.latest('verify'), story.latest('close'), story.latest('look')];
  const told = [verify, close, look]
    .filter((each) => each !== undefined)
    .toSorted((a, b) => a.record.number - b.record.number)
    .at(-1);
  const lifted = liftedAfter(story, told?.record.number);
  const parked = story.last?.step === 'park' ? story.latest('park') : undefined;
  const points = plain(told?.facts.openPoints);
  return section(
    'open',
    'Open points',
    html`${source(told?.record, parked?.record)}
${
  parked
    ? html`<h3>Why it is parked</h3><p>${parked.facts.reason}</p><h3>What it needs</h3><p>${parked.facts.needs}</p>${parked.facts.error ? html`<p>Error: <strong>${parked.facts.error.name}</strong>: ${parked.facts.error.message}</p>` : null}`
    : null
}
${points.length > 0 && lifted.size > 0 ? html`<p>Since then a rollback has taken back the cut of ${[...lifted.keys()].map(credential).join('; ')}: what these say of it was so before.</p>` : null}
${points.length > 0 ? html`<ul>${points.map((point) => html`<li>${point}</li>`)}</ul>` : parked ? null : html`<p>${story.closed ? 'The closing record names none.' : 'None is recorded so far.'}</p>`}`,
  );
}
