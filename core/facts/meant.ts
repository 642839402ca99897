import { type Finding, mostUrgent, signalOf, stronger } from '#core/finding';
import { keyAlone, namesActor, strongestFirst } from '#core/identity-keys';

/**
 * The identities that a case may be about, the one to be believed first. A name goes before a key alone only if it is
 * the more urgent: AWS knows who holds the key, and anybody may have had a name told.
 */
export function meant(findings: Finding[]): Finding[] {
  const alone = mostUrgent(findings.filter(({ identity }) => keyAlone(identity)));
  const others = findings.filter(({ identity }) => !keyAlone(identity));
  const actors = others.filter(({ identity }) => namesActor(identity.key));
  const named = mostUrgent(actors.length > 0 ? actors : others);
  const [strongest] = strongestFirst(named.map(({ identity }) => identity.key));
  const about = others.filter(({ identity }) => identity.key === strongest);
  // A change of a role is for a person; one that came first must not take a session of it away from its cut.
  const who = about.find(({ identity }) => identity.kind === 'role-session') ?? about[0];
  const keepsKey = actors.length === 0 || stronger(signalOf(alone), signalOf(named)) === signalOf(alone);
  return (keepsKey ? [alone[0], who] : [who, alone[0]]).filter((each) => each !== undefined);
}
