import type { RecordStep } from '#core/case';
import type { Rotation } from '#core/step-facts';
import type { RecordPredicate } from '#verifier/format';
import { type Html, html } from './html.ts';
import { count, credential } from './phrase.ts';
import { asText, entries, isObject, type Loose, type Told } from './story.ts';

type Words = string | Html;
type Sentence<S extends RecordStep> = (facts: Told<S>['facts']) => Words[];

const rotated = ({ secret, outcome, oldKeyId, newKeyId }: Loose<Rotation>): Words =>
  outcome === 'already-rotated'
    ? html`${secret} already held ${newKeyId}.`
    : html`${secret}: ${oldKeyId} replaced by ${newKeyId}.`;

const sentences: { [S in RecordStep]: Sentence<S> } = {
  open: ({ findings }) => [html`Opened on ${count(entries(findings).length, 'finding')}.`],
  contain: ({ done, refused, plan, reason }) => {
    const cuts = entries(done);
    const held = entries(plan).filter(({ answer }) => answer !== 'auto').length;
    return [
      ...cuts.map(
        ({ action, credential: cut, outcome }) =>
          html`Cut ${credential(cut)} by ${action}${outcome === 'already-done' ? '; it was so already' : ''}.`,
      ),
      ...(cuts.length === 0 ? [html`Nothing was cut${reason ? ` (${asText(reason)})` : ''}.`] : []),
      ...entries(refused).map(
        ({ action, credential: cut, error }) => html`AWS refused to cut ${credential(cut)} by ${action}: ${error}.`,
      ),
      ...(held > 0 ? [html`${count(held, 'action')} not allowed at once.`] : []),
    ];
  },
  triage: ({ plan, secrets, candidates }) => [
    html`Found ${count(entries(secrets).length, 'linked secret')} and ${count(entries(candidates).length, 'owner candidate')}; planned ${count(entries(plan).length, 'action')}.`,
  ],
  'assign-owner': ({ owner, dueAt }) => [
    html`${owner?.owner ? html`Owner: ${owner.owner}` : 'No owner found'}; due ${dueAt ?? 'not recorded'}.`,
  ],
  rotate: ({ rotations, blocked }) => [
    ...entries(rotations).map(rotated),
    ...(blocked ? [html`Blocked at ${blocked.secret}: ${blocked.reason}.`] : []),
    ...(entries(rotations).length === 0 && !blocked ? ['There was no secret to rotate.'] : []),
  ],
  revoke: ({ keys }) =>
    entries(keys).length === 0
      ? ['No key was left to hold down.']
      : entries(keys).map(({ keyId, status, dueAt }) => html`${keyId} ${status}; deletion due ${dueAt}.`),
  verify: ({ credentials }) =>
    entries(credentials).length === 0
      ? ['There was no cut credential to verify.']
      : entries(credentials).map((proof) => html`${credential(proof.credential)}: ${proof.verdict}.`),
  rollback: ({ claimedBy, items }) => [
    html`Rolled back, asked for by ${claimedBy} (as claimed).`,
    ...entries(items).map(
      (item) => html`${item.action} of ${credential(item.credential)}: ${item.outcome} (${item.reason}).`,
    ),
  ],
  park: ({ reason, needs, rotations }) => [
    ...entries(rotations).map(rotated),
    html`Parked: ${reason}.`,
    html`Needs ${needs}.`,
  ],
  close: ({ verdict }) => [html`Closed as ${verdict}.`],
  look: ({ verdict, holds, reason }) => [
    html`Looked again when the longest session must have ended: ${reason ?? 'no reason is recorded'}.`,
    holds === true ? html`The case stays closed, as ${verdict}.` : 'The case is opened again.',
  ],
};

/** What a record says was done, in a sentence or more. */
export function whatWasDone(record: RecordPredicate): Words[] {
  const { step, facts } = record;
  if (!isObject(facts)) return ['No facts are recorded.'];
  if ('failed' in facts) {
    const failed = facts.failed as { name?: unknown; message?: unknown } | null;
    return [html`Failed: ${failed?.name ?? 'error'}: ${failed?.message ?? 'no message'}.`];
  }
  if (!Object.hasOwn(sentences, step)) return ['A step that this report does not know.'];
  return (sentences[step as RecordStep] as Sentence<RecordStep>)(facts as never);
}
