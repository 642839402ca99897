/** Something that people are told by the topic. */
export interface Notice {
  what: 'opened' | 'cut' | 'parked' | 'closed' | 'rolled-back' | 'looked' | 'unaccounted';
  /** Null for `unaccounted`: a change that no case tells of. */
  caseId: string | null;
  summary: Record<string, unknown>;
}
