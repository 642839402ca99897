/**
 * Which step may follow which: said once, drawn by `lib/case-machine.ts`, obeyed by the steps' types. Where a step has
 * several successors it returns the one it chose as `next`. `done` ends the execution green, `parked` ends it red.
 */
export const pipeline = {
  contain: ['triage'],
  triage: ['assign-owner'],
  'assign-owner': ['rotate', 'verify', 'park', 'close'],
  rotate: ['revoke', 'park'],
  revoke: ['verify'],
  verify: ['close', 'park'],
  close: ['done', 'contain'],
  park: ['parked', 'contain'],
} as const;

export type StepName = keyof typeof pipeline;
export type Next<S extends StepName = StepName> = (typeof pipeline)[S][number];
export const firstStep: StepName = 'contain';
export const stepNames = Object.keys(pipeline) as StepName[];

/** Input of an execution and of every step: the case and its run, never the case's data. */
export interface StepInput {
  caseId: string;
  run: number;
}
