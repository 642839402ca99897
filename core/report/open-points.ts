import { type Html, html } from './html.ts';
import { section, source } from './phrase.ts';
import { plain, type Story } from './story.ts';

/** What is left to people. */
export function openPoints(story: Story): Html {
  const told = story.latest('close') ? story.later('close', 'look') : story.latest('verify');
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
${points.length > 0 ? html`<ul>${points.map((point) => html`<li>${point}</li>`)}</ul>` : parked ? null : html`<p>${story.closed ? 'The closing record names none.' : 'None is recorded so far.'}</p>`}`,
  );
}
