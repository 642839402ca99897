import { sha256 } from '#core/digest';
import { type Finding, type Signal, stronger } from '#core/finding';

/** What is known of a finding by its id alone, whatever became of its case. */
export interface Standing {
  /** The case that it was attached to last, and its place there. */
  caseId: string;
  seq: number;
  /** The strongest that any of its versions had. */
  signal: Signal;
  /** What its versions have named, the newest first. */
  names: string[];
}

/** What a row can hold beside the names of one finding; a name that falls out makes one further version, no more. */
const mostNames = 500;

/** Whatever in a finding says whom and what to cut. Counts, times and places, which GuardDuty updates for months, do not. */
function namesIn({ identity, credential }: Finding): string[] {
  const { key, aliases, session = '', uniqueId = '' } = identity;
  return [...aliases, `about ${key}`, `named ${credential.accessKeyId ?? ''}`, `session ${session}`, `id ${uniqueId}`];
}

/** Whether an update of a finding changes what matters to the response: about whom it is, by its newest version. */
export const tellsMore = (finding: Finding, { signal, names }: Standing): boolean =>
  stronger(signal, finding.signal) !== signal ||
  names.find(isAbout) !== `about ${finding.identity.key}` ||
  namesIn(finding).some((name) => !names.includes(name));

const isAbout = (name: string) => name.startsWith('about ');

export function standingAfter(finding: Finding, caseId: string, seq: number, before: Standing | null): Standing {
  const own = namesIn(finding);
  const names = [...new Set([...own, ...(before?.names ?? [])])].slice(0, Math.max(own.length, mostNames));
  return { caseId, seq, signal: stronger(before?.signal ?? 'advisory', finding.signal), names };
}

/**
 * The row of a finding in its case: one for all versions that tell the same, so that repeats fill no case. That which
 * opened the case keeps its own, because the case id is checked by it.
 */
export const versionOf = (finding: Finding, seq: number): string =>
  seq === 1 ? 'first' : sha256(JSON.stringify([finding.signal, namesIn(finding)])).slice(0, 16);
