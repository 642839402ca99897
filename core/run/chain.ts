import type { Case, Work } from '#core/case';
import type { Facts } from '#core/step-facts';
import type { Written } from './record.ts';
import { begunOf, nameOf, type Told, toldAfter } from './told.ts';

/** What the records of a case are, and what they add up to. */
export type Chain = Told & Pick<Case, 'records' | 'facts' | 'work'>;

/**
 * The chain with the records that were added to it, ours and those of an attempt that died: one way for whoever writes
 * a record, so that register and records cannot tell two things.
 */
export const chained = (found: Case, written: Written[]): Chain =>
  written.reduce<Chain>(
    (chain, { ref, predicate }) => ({
      ...toldAfter(chain, predicate),
      records: [...chain.records, ref],
      facts: predicate.run === found.run ? { ...chain.facts, [predicate.step]: predicate.facts } : chain.facts,
      work: workAfter(chain.work, predicate),
    }),
    chainOf(found),
  );

export const chainOf = ({ records, facts, work, cuts, lifted, takenBackAt, rotations, keysBefore }: Case): Chain => ({
  records,
  facts,
  work,
  cuts,
  lifted,
  takenBackAt,
  rotations,
  keysBefore,
});

type Contained = NonNullable<Facts['contain']>;

/** Without what the record tells of. */
function workAfter(work: Work, { step, facts }: Written['predicate']): Work {
  if (step === 'contain') return cleared(work, facts as Contained);
  const { rotated: _told, ...others } = work;
  return step === 'rotate' || step === 'park' ? others : work;
}

/** What a record tells of is begun no longer: it was made, or refused without having been begun before. */
function cleared(work: Work, { done, refused = [] }: Contained): Work {
  const told = new Set([...done, ...refused.filter(({ inDoubt }) => !inDoubt)].map(nameOf));
  if (begunOf({ work }).every((begun) => !told.has(nameOf(begun)))) return work;
  return { ...work, before: Object.fromEntries(Object.entries(work.before ?? {}).filter(([name]) => !told.has(name))) };
}
