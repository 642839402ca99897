import { claimOf } from './claim.ts';
import { type Html, html } from './html.ts';
import { facts, mark, time } from './phrase.ts';
import { entries, type Story } from './story.ts';

export const sections: [string, string][] = [
  ['happened', 'What happened'],
  ['identity', 'Identity'],
  ['owner', 'Owner'],
  ['plan', 'Plan'],
  ['actions', 'Actions and rotation'],
  ['proof', 'Proof'],
  ['calls', 'Calls to AWS'],
  ['open', 'Open points'],
  ['limits', 'What this does not prove'],
  ['verify', 'Verify it'],
];

/** Who, what, and the verdict in a sentence. */
export function header(story: Story): Html {
  const opened = story.latest('open');
  const claim = claimOf(story);
  const findings = story.all('open').flatMap((told) => entries(told.facts.findings));
  return html`<header>
<p class="quiet">Rescind case report <code>${story.caseId}</code></p>
<h1>${opened?.facts.identity?.key ?? 'unknown identity'}</h1>
<div class="claim ${claim.tone}"><p>${mark(claim.tone, claim.status)}</p>${claim.sentences.map((text) => html`<p>${text}</p>`)}</div>
${facts([
  [
    'Findings',
    findings.map(
      (finding, index) =>
        html`${index > 0 ? html`<br>` : null}${finding.type} <span class="quiet">(${finding.source}, ${finding.signal})</span>`,
    ),
  ],
  ['Raw findings', `${story.raws.length} in the pack`],
  ['Opened', time(story.records[0]?.occurredAt)],
  ['Last record', time(story.last?.recordedAt)],
])}
<nav aria-label="Sections"><ul>${sections.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
</header>
`;
}
