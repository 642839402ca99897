import { type CredentialProof, rungs, type TakenBack } from '#core/step-facts';
import { count, credential, type Tone } from './phrase.ts';
import { asText, entries, type Loose, part, type Story } from './story.ts';

export interface Claim {
  tone: Tone;
  /** The status in a word or two. */
  status: string;
  sentences: string[];
}

/** What the records allow to be said of the case as a whole, and no more. */
export function claimOf(story: Story): Claim {
  const step = story.last?.step;
  if (step === 'park') return parked(story);
  if (step === 'rollback') return rolledBack(story);
  if (!story.closed)
    return {
      tone: 'warn',
      status: 'open',
      sentences: [`This case is not closed; its last record is ${step ?? 'missing'}.`, ...soFar(story)],
    };
  const looked = story.later('close', 'look');
  if (looked && 'holds' in looked.facts && looked.facts.holds !== true)
    return { tone: 'bad', status: 'opened again', sentences: ['At the look a cut did not hold.', ...proven(story)] };
  const verdict = looked?.facts.verdict;
  switch (verdict) {
    case 'revoked':
      return { tone: 'good', status: 'closed: revoked', sentences: proven(story) };
    case 'contained-not-proven':
      return { tone: 'warn', status: 'closed: contained-not-proven', sentences: proven(story) };
    case 'observed':
      return { tone: 'quiet', status: 'closed: observed', sentences: observed(story) };
    case 'excepted':
      return {
        tone: 'warn',
        status: 'closed: excepted',
        sentences: ['The risk was accepted.', ...soFar(story)],
      };
    case 'no-action':
      return {
        tone: 'quiet',
        status: 'closed: no-action',
        sentences: ['The plan held no action for this identity.', ...soFar(story)],
      };
    default:
      return {
        tone: 'warn',
        status: 'closed',
        sentences: ['The closing record holds no verdict that this report knows.'],
      };
  }
}

/** What was proven of a cut says nothing any more once it has been taken back, by whichever of the rollbacks since. */
function rolledBack(story: Story): Claim {
  const first = story.records.findLastIndex(({ step }) => step !== 'rollback') + 1;
  const before = claimOf(part(story, 0, first));
  const items = part(story, first)
    .all('rollback')
    .flatMap(({ facts }) => entries(facts.items));
  // Each goes on with what the one before it has left.
  const last = [...new Map(items.map((item) => [nameOf(item), item])).values()];
  const sentenceFor = (outcome: TakenBack['outcome'], says: string) => {
    const names = last.filter((item) => item.outcome === outcome).map((item) => credential(item.credential));
    return names.length > 0 ? [`${says}: ${names.join(', ')}.`] : [];
  };
  const lifted = [
    ...sentenceFor('taken-back', 'A rollback has lifted the cut of'),
    ...sentenceFor('already-gone', 'A rollback found no longer in place the cut of'),
  ];
  const others = [
    ...sentenceFor('kept', 'A rollback has left as it is'),
    ...sentenceFor(
      'refused',
      'A rollback was asked for and has left alone, because somebody else may have a hand in it',
    ),
  ];
  if (lifted.length === 0) return { ...before, sentences: [...before.sentences, ...others] };
  return { tone: 'warn', status: `${before.status}, rolled back`, sentences: [...lifted, ...others] };
}

function parked(story: Story): Claim {
  const facts = story.latest('park')?.facts;
  const broken =
    facts?.error ||
    entries(story.later('verify', 'look')?.facts.credentials).some((proof) => failedRungs(proof).length > 0);
  const sentences = [
    `The case is parked and not finished. It needs ${asText(facts?.needs ?? 'a person')}.`,
    `Why: ${asText(facts?.reason ?? 'no reason is recorded')}.`,
    ...soFar(story),
  ];
  return { tone: broken ? 'bad' : 'warn', status: 'parked', sentences };
}

/** The strongest rung that was passed. */
export const reached = ({ rungs: results }: Loose<CredentialProof>): string | undefined =>
  rungs.findLast((rung) => results?.[rung]?.result === 'passed');
export const failedRungs = ({ rungs: results }: Loose<CredentialProof>): string[] =>
  rungs.filter((rung) => results?.[rung]?.result === 'failed');

function proven(story: Story): string[] {
  const proofs = entries(story.later('verify', 'look')?.facts.credentials);
  if (proofs.length === 0)
    return ['No credential was verified, so nothing is claimed beyond what was done.', ...soFar(story)];
  return proofs.map((proof) => {
    const name = credential(proof.credential);
    const is = name.startsWith('sessions') ? 'are' : 'is';
    const [failed] = failedRungs(proof);
    if (failed) return `The ${name} ${is} not shown to be cut: ${failed} failed.`;
    const rung = reached(proof);
    if (proof.verdict === 'revoked' && rung) return `The ${name} ${is} revoked (${rung}).`;
    return rung
      ? `The ${name} ${is} contained, not proven revoked.`
      : `The ${name} ${is} not proven to be contained: no rung was passed.`;
  });
}

function observed(story: Story): string[] {
  const would = entries(story.latest('triage')?.facts.plan).filter((planned) => planned.would === 'auto');
  return [
    story.all('contain').every(({ facts: { done } }) => entries(done).length === 0)
      ? 'Nothing was changed: this deployment ran in mode observe.'
      : `This deployment ran in mode observe when the case was closed. ${soFar(story).join(' ')}`,
    would.length === 0
      ? 'Mode enforce would have changed nothing without a person.'
      : `Mode enforce would have carried out ${count(would.length, 'action')} at once.`,
  ];
}

/** What had been cut and not taken back when the last record was written, from all runs. */
function soFar(story: Story): string[] {
  const begun = entries(story.last?.step === 'park' ? story.latest('park')?.facts.begun : []);
  const names = standingCuts(story);
  const nothing = begun.length > 0 ? 'No record tells of a cut.' : 'Nothing has been cut.';
  return [
    names.length === 0 ? nothing : `Cut so far: ${names.join('; ')}.`,
    ...begun.map(
      (cut) => `A cut of the ${credential(cut.credential)} was begun, and no record says whether it was done.`,
    ),
  ];
}

const nameOf = (cut: { action?: unknown; credential?: unknown }) => `${asText(cut.action)} ${asText(cut.credential)}`;

function standingCuts(story: Story): string[] {
  const standing = new Map<string, string>();
  const changes = [...story.all('contain'), ...story.all('rollback')].toSorted(
    (a, b) => a.record.number - b.record.number,
  );
  for (const { facts } of changes) {
    for (const cut of 'done' in facts ? entries(facts.done) : []) standing.set(nameOf(cut), credential(cut.credential));
    for (const item of 'items' in facts ? entries(facts.items) : [])
      if (item.outcome === 'taken-back' || item.outcome === 'already-gone') standing.delete(nameOf(item));
  }
  return [...new Set(standing.values())];
}
