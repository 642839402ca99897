import type { PlannedAction } from '#core/step-facts';
import { type Html, html, lines } from './html.ts';
import { credential, section, source, word } from './phrase.ts';
import { entries, type Loose, type Story } from './story.ts';

type Planned = Loose<PlannedAction> & object;

/** Each action with policy's answer and the policies that gave it. */
export function plan(story: Story): Html {
  const contain = story.latest('contain');
  const triage = story.latest('triage');
  const asked: [string, Planned][] = [
    ...entries(contain?.facts.plan).map((planned): [string, Planned] => ['contain', planned]),
    ...entries(triage?.facts.plan).map((planned): [string, Planned] => ['triage', planned]),
  ];
  const texts = policyTexts(asked.map(([, planned]) => planned));
  const observed = asked.some(([, { would }]) => would !== undefined);
  return section(
    'plan',
    'Plan',
    html`${source(contain?.record, triage?.record)}
${asked.length === 0 ? html`<p>Policy was not asked about any action.</p>` : null}
${observed ? html`<p>It was made in mode observe, which carries nothing out. Each action shows what mode enforce would have answered.</p>` : null}
<ul class="rows">${together(asked).map(
      ({
        planned,
        steps,
      }) => html`<li><p>${word(planned.answer)} <strong>${planned.action}</strong> of ${credential(planned.credential)} <span class="quiet">asked at ${steps.join(' and ')}</span></p>
${planned.would === undefined ? null : html`<p>In mode enforce: ${word(planned.would)}</p>`}
<p class="quiet">${planned.reason}. By ${policiesOf(planned, texts)}</p></li>
`,
    )}</ul>
${texts.size === 0 ? null : html`<h3>Policies that answered</h3>`}${[...texts.values()].map(
  ({ id, text, anchor }) =>
    html`<details id="policy-${anchor}"><summary>${anchor}. <code>${id}</code></summary><pre>${lines(text)}</pre></details>`,
)}`,
  );
}

/** The same question asked at two steps with the same answer is one line. */
function together(asked: [string, Planned][]): { planned: Planned; steps: string[] }[] {
  const rows = new Map<string, { planned: Planned; steps: string[] }>();
  for (const [step, planned] of asked) {
    const key = JSON.stringify([
      planned.action,
      planned.credential,
      planned.answer,
      planned.would,
      planned.reason,
      planned.policies,
    ]);
    const row = rows.get(key);
    if (row) row.steps.push(step);
    else rows.set(key, { planned, steps: [step] });
  }
  return [...rows.values()];
}

type Texts = Map<string, { id: unknown; text: unknown; anchor: number }>;
const keyOf = ({ id, text }: { id?: unknown; text?: unknown }) => JSON.stringify([id, text]);

/** Every policy once, by id and text: a policy that was changed between two steps is shown twice. */
function policyTexts(planned: Planned[]): Texts {
  const texts: Texts = new Map();
  for (const policy of planned.flatMap(({ policies }) => entries(policies)))
    if (!texts.has(keyOf(policy)))
      texts.set(keyOf(policy), { id: policy.id, text: policy.text ?? '', anchor: texts.size + 1 });
  return texts;
}

function policiesOf({ policies }: Planned, texts: Texts): unknown {
  const all = entries(policies);
  if (all.length === 0) return 'no policy: what nothing permits is not done.';
  return all.map(
    (policy, index) =>
      html`${index > 0 ? ', ' : null}<a href="#policy-${texts.get(keyOf(policy))?.anchor}"><code>${policy.id}</code></a>`,
  );
}
