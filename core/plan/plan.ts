import * as actions from '#core/actions';
import type { Action, Target } from '#core/actions/action';
import { accessKey } from '#core/credential';
import { madeBy } from '#core/facts/trust';
import { type Finding, mostUrgent, signalOf } from '#core/finding';
import { keyAlone } from '#core/identity-keys';
import { isRoleId, isUserId } from '#core/ids';
import type { Ports, Question } from '#core/ports';
import { ownKeys } from '#core/run/told';
import { outlasts } from '#core/sources/read';
import type { PlannedAction, RoleFacts, SecretFacts, UserFacts } from '#core/step-facts';
import { aims } from './aims.ts';
import type { Situation } from './situation.ts';

/** A cut that could be made, with what policy says of it. */
export interface PlannedCut {
  action: Action;
  target: Target;
  planned: PlannedAction;
}

/** The cuts that the findings of this case ask for, each by the narrowest action that covers it. Policy answers for each. */
export function planCuts(
  given: Situation,
  cutoff: string,
  ports: Ports,
  asks: (finding: Finding) => boolean = () => true,
): PlannedCut[] {
  const about = given.findings.filter((finding) => isAbout(finding, given));
  const situation = { ...given, findings: ofThePresentOne(about, given.user ?? given.role).filter(asks) };
  if (signalOf(situation.findings) === 'advisory') return [];
  return Object.values(actions).flatMap((action) =>
    aims[action.cuts](situation, cutoff)
      .filter(({ findings }) => signalOf(findings) !== 'advisory')
      .map(({ target, credential, belongs, findings }) => ({
        action,
        target,
        planned: ask({ ...situation, findings }, action.name, credential, belongs, true, ports),
      })),
  );
}

/**
 * A parked case may be about somebody who was made anew under the name since. Where what is as urgent gives the present
 * unique id, findings that give another are about whoever bore the name before: they are left to a person.
 */
function ofThePresentOne(findings: Finding[], who: UserFacts | RoleFacts | null): Finding[] {
  const isGiven = mostUrgent(findings).some(({ identity }) => who && identity.uniqueId === who.uniqueId);
  return isGiven ? findings.filter((finding) => !isOfAnother(finding, who)) : findings;
}

const isUniqueId = (id: string | undefined): boolean => isUserId(id) || isRoleId(id);

/** Whether a finding gives the unique id of somebody else than who bears the name now. */
const isOfAnother = ({ identity: { uniqueId } }: Finding, who: UserFacts | RoleFacts | null): boolean =>
  who !== null && isUniqueId(uniqueId) && uniqueId !== who.uniqueId;

/** One rotation for each secret that holds a key of this user. */
export function planRotations(situation: Situation, secrets: SecretFacts[], ports: Ports): PlannedAction[] {
  const tag = ports.deployment.settings.tags.managed;
  if (!situation.user || signalOf(situation.findings) === 'advisory') return [];
  return secrets.map((secret) =>
    ask(situation, 'rotate-access-key', secret.arn, true, secret.tags[tag] === 'managed', ports),
  );
}

/** For identities that no action of ours can cut yet: policy is asked all the same, so that the record says why. */
export function planByHand(situation: Situation, ports: Ports): PlannedAction[] {
  if (signalOf(situation.findings) === 'advisory') return [];
  return [ask(situation, 'contain-by-hand', situation.found.identity.key, false, true, ports)];
}

/**
 * Whether a finding tells of whom the case is about: by its name, or by a key that IAM, or of a session a finding with
 * the name, says is its own; or of several, and of him among them. A case may hold others, which joined it by a key; what they say cuts nobody here.
 */
function isAbout({ identity }: Finding, { found, findings, user }: Situation): boolean {
  const { key } = found.identity;
  if (identity.key === key || (identity.kind === 'unknown' && identity.aliases.includes(key))) return true;
  if (!identity.key.startsWith('access-key/')) return false;
  // AWS knows whose a long-term key is, and is asked; of a session's only findings tell.
  if (keyAlone(identity)) return (user?.keys ?? []).some(({ id }) => accessKey(id) === identity.key);
  return findings.some((other) => other.identity.key === key && other.identity.aliases.includes(identity.key));
}

/**
 * What the cuts of the case leave as it is, each for a person: a key that its identity had made for itself before a
 * case knew its name; whoever else a finding names, as an attack sequence of
 * several actors does; a change that outlasts every credential, as a policy does; and who is told of under the same name
 * by another unique id.
 */
export function planOthersByHand(situation: Situation, ours: PlannedAction[], ports: Ports): PlannedAction[] {
  const { found, findings, user, role } = situation;
  const who = user ?? role;
  const byHand = (alias: string, finding: Finding) => {
    const theirs = { found: { ...found, identity: finding.identity }, findings: [finding], user: null, role: null };
    const planned = ask({ ...situation, ...theirs }, 'contain-by-hand', alias, false, true, ports);
    return { ...planned, reason: `${planned.reason}: ${finding.type}` };
  };
  const weighed = findings.filter(({ signal }) => signal !== 'advisory');
  const about = findings.filter((finding) => isAbout(finding, situation));
  const covered = new Set([
    found.identity.key,
    ...mostUrgent(weighed)
      .filter((finding) => about.includes(finding) && finding.identity.kind !== 'unknown')
      .flatMap(({ identity }) => identity.aliases),
    ...ours.map(({ credential }) => credential),
    ...ownKeys(found).map(accessKey),
  ]);
  const active = new Set((user?.keys ?? []).filter(({ status }) => status === 'Active').map(({ id }) => id));
  const madeBefore = (found.facts.contain?.newKeys ?? []).filter((id) => active.has(id)).map(accessKey);
  const newKeys = madeBefore
    .filter((alias) => !covered.has(alias))
    .map((alias) => ask({ ...situation, findings: weighed }, 'contain-by-hand', alias, false, true, ports));
  const others = weighed
    .filter((finding) => finding.identity.kind === 'unknown' || !about.includes(finding))
    .flatMap((finding) => {
      const named = finding.identity.kind === 'unknown' ? finding.identity.aliases : [finding.identity.key];
      const left = named.filter((alias) => !alias.startsWith('unknown/') && !covered.has(alias));
      for (const alias of left) covered.add(alias);
      return left.map((alias) => byHand(alias, finding));
    });
  const staying = who
    ? weighed.filter((finding) => about.includes(finding) && (outlasts(finding) || isOfAnother(finding, who)))
    : [];
  const types = new Map(staying.map((finding) => [finding.type, finding]));
  return [...newKeys, ...others, ...[...types.values()].map((finding) => byHand(finding.identity.key, finding))];
}

/** Findings that nobody has weighed, each of which may ask for more than was done, are for a person. */
export function planUnread(situation: Situation, unweighed: number, ports: Ports): PlannedAction[] {
  if (unweighed === 0) return [];
  const planned = ask(situation, 'contain-by-hand', situation.found.identity.key, false, true, ports);
  const reason = `${planned.reason}: ${unweighed} findings were not read, because too many came, and say something that none says which was`;
  return [{ ...planned, reason }];
}

/**
 * Whether every finding that gives a unique id gives this one: who was made anew under the same name is somebody else.
 * Only the urgent ones are heard: a weaker one that disagrees is left to a person and shields nobody from the cut.
 */
function uniqueIdOf(findings: Finding[], who: UserFacts | RoleFacts | null): Question['identity']['uniqueId'] {
  const given = mostUrgent(findings)
    .map(({ identity }) => identity.uniqueId)
    .filter(isUniqueId);
  if (given.length === 0 || !who) return 'absent';
  return given.every((id) => id === who.uniqueId) ? 'matches' : 'differs';
}

/** The pipeline's own roles, and those of the CDK, which deploy it (CDK Developer Guide, "Bootstrapping"). */
const ours = /^(rescind|cdk)-/;

const wasSeenSince = (at: string | null, { observedAt }: Finding): boolean =>
  at === null || Date.parse(observedAt) > Date.parse(at);

function ask(
  situation: Situation,
  action: string,
  credential: string,
  credentialBelongs: boolean,
  secretManaged: boolean,
  ports: Ports,
): PlannedAction {
  const { found, role, findings } = situation;
  const who = situation.user ?? role;
  const { settings, account } = ports.deployment;
  const since = findings.filter((finding) => wasSeenSince(found.takenBackAt, finding));
  const takenBack = found.takenBackAt !== null && signalOf(since) === 'advisory';
  const question: Question = {
    step: situation.step,
    action,
    identity: {
      key: found.identity.key,
      kind: found.identity.kind,
      protected: who !== null && settings.protected.includes(who.arn),
      decoy: who !== null && settings.decoys.includes(who.arn),
      own: found.identity.kind !== 'iam-user' && ours.test(found.identity.name ?? ''),
      managed: who?.tags[settings.tags.managed] === 'managed' && secretManaged,
      accountMatches: found.account === account && (who === null || who.arn.split(':')[4] === account),
      uniqueId: uniqueIdOf(findings, who),
      credentialBelongs,
      madeBy: role ? madeBy(role) : 'account',
      sweepable: role !== null && settings.sweepable.includes(role.arn),
    },
    context: {
      mode: settings.mode,
      signal: signalOf(takenBack ? findings : since),
      simulated: findings.some(({ simulated }) => simulated),
      contained: situation.contained,
      takenBack,
      brake: situation.brake?.is ?? 'none',
    },
  };
  const { answer, policies, reason } = ports.decide(question);
  const planned = { action, credential, answer, policies, reason };
  if (settings.mode !== 'observe') return planned;
  // In mode enforce a rotation is asked for only after the cuts, so it is judged as if they had been made.
  const enforced = ports.decide({ ...question, context: { ...question.context, mode: 'enforce', contained: true } });
  return { ...planned, would: enforced.answer };
}
