import { rungs } from '#core/step-facts';
import { refusedCalls } from './calls.ts';
import { type Html, html } from './html.ts';
import { credential, mark, section, source, table, word } from './phrase.ts';
import { asText, entries, liftedAfter, type Story } from './story.ts';

const meaning = {
  configured: 'read back by another call than the one that wrote it',
  simulated: 'AWS, asked by simulation, would refuse',
  'canary-denied': 'a real call with the old credential was refused, and the new one was served',
  'log-confirmed': 'the trail shows refusals and no use since the cut',
  held: 'looked at again when the last session must have ended',
} as const;

const takenBack = (lifted: Map<string, number>, named: unknown): Html | null => {
  const number = lifted.get(asText(named));
  return number === undefined
    ? null
    : html`${mark('warn', 'taken back')} <span class="quiet">by record <a href="#record-${number}">${number}</a>; the rungs were so before</span>`;
};

/** The rungs of every credential: passed, failed, or not available and why. */
export function proof(story: Story): Html {
  const told = story.later('verify', 'look');
  const proofs = entries(told?.facts.credentials);
  const none =
    story.latest('close')?.facts.verdict === 'observed'
      ? 'Nothing was cut, so there is nothing to prove.'
      : 'No credential has been verified.';
  const lifted = liftedAfter(story, told?.record.number);
  return section(
    'proof',
    'Proof, credential by credential',
    html`${source(told?.record)}
${proofs.length === 0 ? html`<p>${none}</p>` : null}
${proofs.map(
  (
    found,
  ) => html`<h3>${credential(found.credential)}: ${takenBack(lifted, found.credential) ?? word(found.verdict)}</h3>
${table(
  `Rungs of ${credential(found.credential)}, weakest first`,
  ['Rung', 'Result', 'Reason'],
  rungs.map((rung) => [
    html`<span class="mark">${rung}</span>`,
    word(found.rungs?.[rung]?.result),
    found.rungs?.[rung]?.reason ?? 'no reason recorded',
  ]),
)}`,
)}
${proofs.length === 0 ? null : html`<details><summary>What the rungs mean</summary><ul>${rungs.map((rung) => html`<li><strong>${rung}</strong>: ${meaning[rung]}</li>`)}</ul></details>`}
${refusedCalls(story)}`,
  );
}
