import { type Html, html, json, lines } from './html.ts';
import { code, count, mark, section, time } from './phrase.ts';
import { entries, type Story } from './story.ts';

/** Calls of the steps that AWS answered with an error, by name. The probes of a rung stand in its reason. */
export function refusedCalls(story: Story): Html {
  const refused = story.records.flatMap(({ number, calls }) =>
    entries(calls).flatMap(({ operation, error }) => (error ? [{ number, operation, error }] : [])),
  );
  return html`<h3>Calls of the case that AWS answered with an error</h3>${
    refused.length === 0
      ? html`<p>None.</p>`
      : html`<ul>${refused.map(({ number, operation, error }) => html`<li><code>${operation}</code>: <strong>${error.name}</strong> <span class="quiet">(record <a href="#calls-${number}">${number}</a>)</span></li>`)}</ul>`
  }`;
}

/** Every call: asked, answered or refused. Secret values were withheld before the record was signed. */
export function calls(story: Story): Html {
  const groups = story.records.filter((record) => entries(record.calls).length > 0);
  return section(
    'calls',
    'Calls to AWS',
    html`<p class="quiet">As recorded, secret values withheld. A request id finds the call in CloudTrail.</p>
${groups.length === 0 ? html`<p>No call is recorded.</p>` : null}
${groups.map(
  ({
    number,
    step,
    calls,
  }) => html`<details id="calls-${number}"><summary>Record ${number}, ${step}: ${count(entries(calls).length, 'call')}</summary>
${entries(calls).map(
  (
    call,
  ) => html`<div class="call"><h4><code>${call.operation}</code> ${call.error ? mark('bad', call.error.name) : call.answered === undefined ? mark('warn', 'no answer recorded') : mark('good', 'answered')}</h4>
<p class="quiet">${time(call.at)}, request id ${code(call.requestId)}</p>
<pre>${lines(`asked ${json(call.asked)}`)}</pre>${call.answered === undefined ? null : html`<pre>${lines(`answered ${json(call.answered)}`)}</pre>`}${call.error ? html`<pre>${lines(`error ${json(call.error)}`)}</pre>` : null}</div>
`,
)}</details>
`,
)}`,
  );
}
