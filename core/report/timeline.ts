import type { AttachedFinding } from '#core/step-facts';
import type { RecordPredicate } from '#verifier/format';
import { whatWasDone } from './done.ts';
import { type Html, html } from './html.ts';
import { after, code, count, section, time } from './phrase.ts';
import { entries, type Loose, type Story } from './story.ts';

/** Findings and records in order, each with both of its clocks. */
export function timeline(story: Story): Html {
  const start = story.records[0];
  const severalRuns = new Set(story.records.map(({ run }) => run)).size > 1;
  const findings = entries(story.latest('open')?.facts.findings).map(findingItem);
  const records = story.records.map((record) => recordItem(record, start, severalRuns));
  return section(
    'happened',
    'What happened',
    html`<p class="quiet">Two clocks: when it occurred, and when it was written down. Times in brackets count from the first record.</p>
<ol class="timeline">${findings}${records}</ol>`,
  );
}

const findingItem = (finding: Loose<AttachedFinding> & object): Html =>
  html`<li><h3>Finding</h3><p>${finding.type} <span class="quiet">(${finding.signal})</span></p>
<p class="quiet"><span class="part">observed ${time(finding.observedAt)}</span><span class="part">received ${time(finding.receivedAt)}</span><br>by ${finding.source}, id ${code(finding.id)}<br>as received: ${code(finding.raw && `raw/${finding.raw}`)}</p></li>
`;

function recordItem(record: RecordPredicate, start: RecordPredicate | undefined, severalRuns: boolean): Html {
  const since = record === start ? null : html` (${after(start?.occurredAt, record.occurredAt)})`;
  const run = severalRuns ? html` <span class="quiet">run ${record.run}</span>` : null;
  return html`<li id="record-${record.number}"><h3>${record.number}. ${record.step}${run}</h3>
${whatWasDone(record).map((text) => html`<p>${text}</p>`)}
<p class="quiet"><span class="part">occurred ${time(record.occurredAt)}${since}</span><span class="part">recorded ${time(record.recordedAt)}</span><br>by ${code(record.actor)}${calls(record)}</p></li>
`;
}

function calls({ calls: made, number }: RecordPredicate): Html | null {
  const all = entries(made);
  const refused = all.filter(({ error }) => error).length;
  if (all.length === 0) return null;
  return html`<br><a href="#calls-${number}">${count(all.length, 'call')} to AWS${refused > 0 ? `, ${refused} with an error` : null}</a>`;
}
