import { type Html, html } from './html.ts';
import { section } from './phrase.ts';
import type { Story } from './story.ts';

/** What nobody should read into this page. */
export function limits(story: Story): Html {
  const points = [
    'That the finding is true: it is what its source reported, kept byte for byte.',
    'What the credential was used for before the cut: no trail of that time is read.',
    'That a credential was never served since the cut, beyond what a trail logs: calls on data are in one only where it logs data events.',
    'Anything about a credential that is not listed under Proof, or about another identity that the attacker may have made.',
    'More than the rungs say: a rung that is not available was not tested.',
    'When it happened, beyond our word: both clocks are those of the hosts that wrote the records, and no outside time stamp is in the pack.',
    'That no other case was left out, and that this one was not written anew as a whole: whoever controls the signing key could do both until a ledger with outside witnesses exists.',
    ...(story.closed
      ? []
      : ['That nothing came later: the case has no closing record, so records after the last one shown may exist.']),
    'Anything by itself: this page is not signed. The records are, and the check below makes this page again from them.',
  ];
  return section(
    'limits',
    'What this report does not prove',
    html`<ul>${points.map((point) => html`<li>${point}</li>`)}</ul>`,
  );
}
