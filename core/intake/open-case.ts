import type { Case } from '#core/case';
import type { Finding, Identity } from '#core/finding';
import { strongestFirst } from '#core/identity-keys';
import { caseIdOf } from '#core/ids';
import type { Settings } from '#core/settings';
import type { AttachedFinding } from '#core/step-facts';

/** A new case for a finding of an identity that has none open; an advisory one is noted, and no run takes it. */
export function openCase(finding: Finding, receivedAt: string, mode: Settings['mode']): Case {
  return {
    id: caseIdOf(finding.identity.key, finding.id, finding.simulated),
    identity: { ...finding.identity, aliases: leadingTo(finding.identity) },
    account: finding.account,
    region: finding.region,
    simulated: finding.simulated,
    signal: finding.signal,
    mode,
    stage: finding.signal === 'advisory' ? 'noted' : 'opened',
    run: 1,
    openedAt: receivedAt,
    updatedAt: receivedAt,
    attached: 1,
    taken: 0,
    closing: false,
    version: 1,
    records: [],
    cuts: [],
    lifted: [],
    takenBackAt: null,
    rotations: [],
    keysBefore: null,
    accepted: [],
    work: {},
    facts: {},
    last: null,
    closedAt: null,
  };
}

export const attachedAs = (finding: Finding, receivedAt: string, seq: number): AttachedFinding => ({
  source: finding.source,
  id: finding.id,
  type: finding.type,
  signal: finding.signal,
  why: finding.why,
  raw: finding.raw,
  observedAt: finding.observedAt,
  receivedAt,
  seq,
  about: finding.credential.accessKeyId ?? finding.identity.session,
});

/** The register points all names of a case to it in one transaction, which holds 100 items (DynamoDB Developer Guide). */
const mostAliases = 90;

/**
 * Each name once, sorted; those that the case has already, and the strongest others, where there are too many: one that
 * fell out would go on leading to the case after its closing.
 */
export const aliasesOf = (names: string[], own: string[] = []): string[] =>
  [...new Set([...own, ...strongestFirst(names)])].slice(0, mostAliases).toSorted();

/** The names that lead others to the case that a finding opens: of several actors none, for it is nobody's case. */
function leadingTo({ kind, key, aliases }: Identity): string[] {
  const named = aliases.filter((alias) => !alias.startsWith('unknown/'));
  return kind === 'unknown' && named.length > 1 ? [key] : aliasesOf(aliases);
}
