import * as actions from '#core/actions';
import type { Action, Target } from '#core/actions/action';
import type { Case, PlannedAction, SecretFacts, UserFacts } from '#core/case';
import { type Finding, type Signal, stronger } from '#core/finding';
import { isUserId } from '#core/ids';
import type { Ports, Question } from '#core/ports';

/** Everything a decision about one identity weighs. */
export interface Situation {
  step: string;
  found: Case;
  findings: Finding[];
  /** Null where AWS knows no such user, or where the finding is not about a user of this account. */
  user: UserFacts | null;
  contained: boolean;
}

/** A cut that could be made, with what policy says of it. */
export interface PlannedCut {
  action: Action;
  target: Target;
  planned: PlannedAction;
}

export const accessKey = (id: string) => `access-key/${id}`;
export const userSessions = (account: string | null, name: string) => `user-sessions/${account}/${name}`;

/**
 * The cuts that this case asks for: the keys that its findings name, the user's other active keys where only a session
 * was named (whoever made it holds one of them), and the sessions that the user issued. Policy answers for each.
 */
export function planCuts(situation: Situation, cutoff: string, ports: Ports): PlannedCut[] {
  const { user, findings, found } = situation;
  if (!user || signalOf(situation) === 'advisory') return [];
  const named = namedKeys(findings);
  const long = [...named].filter((id) => id.startsWith('AKIA'));
  const keys = long.length > 0 ? long : user.keys.filter(({ status }) => status === 'Active').map(({ id }) => id);
  const cuts: PlannedCut[] = [];
  for (const action of Object.values(actions)) {
    const targets: { keyId?: string; credential: string }[] =
      action.cuts === 'access-key'
        ? keys.map((keyId) => ({ keyId, credential: accessKey(keyId) }))
        : [{ credential: userSessions(found.account, user.name) }];
    for (const { keyId, credential } of targets) {
      const target = { caseId: found.id, user, cutoff, ...(keyId && { keyId }) };
      const belongs = keyId ? named.has(keyId) && owns(user, keyId) : [...named].some((id) => owns(user, id));
      cuts.push({ action, target, planned: ask(situation, action.name, credential, belongs, true, ports) });
    }
  }
  return cuts;
}

/** One rotation for each secret that holds a key of this user. */
export function planRotations(situation: Situation, secrets: SecretFacts[], ports: Ports): PlannedAction[] {
  const tag = ports.deployment.settings.tags.managed;
  if (!situation.user || signalOf(situation) === 'advisory') return [];
  return secrets.map((secret) =>
    ask(situation, 'rotate-access-key', secret.arn, true, secret.tags[tag] === 'managed', ports),
  );
}

/** For identities that no action of ours can cut yet: policy is asked all the same, so that the record says why. */
export function planByHand(situation: Situation, ports: Ports): PlannedAction[] {
  if (signalOf(situation) === 'advisory') return [];
  return [ask(situation, 'contain-by-hand', situation.found.identity.key, false, true, ports)];
}

/** Findings from the simulation bus count only where no real one does: they may touch decoys alone. */
const weighed = (findings: Finding[]) => {
  const real = findings.filter(({ simulated }) => !simulated);
  return real.length > 0 ? real : findings;
};

function signalOf({ findings }: Situation): Signal {
  return weighed(findings).reduce<Signal>((signal, finding) => stronger(signal, finding.signal), 'advisory');
}

const namedKeys = (findings: Finding[]) =>
  new Set(weighed(findings).flatMap(({ credential }) => (credential.accessKeyId ? [credential.accessKeyId] : [])));

const owns = (user: UserFacts, keyId: string) => user.keys.some(({ id }) => id === keyId);

/** Whether every finding that gives a unique id gives this user's: a re-created user of the same name is somebody else. */
function uniqueIdOf(findings: Finding[], user: UserFacts | null): Question['identity']['uniqueId'] {
  const given = weighed(findings).flatMap(({ identity }) => (isUserId(identity.uniqueId) ? [identity.uniqueId] : []));
  if (given.length === 0 || !user) return 'absent';
  return given.every((id) => id === user.uniqueId) ? 'matches' : 'differs';
}

function ask(
  situation: Situation,
  action: string,
  credential: string,
  credentialBelongs: boolean,
  secretManaged: boolean,
  ports: Ports,
): PlannedAction {
  const { found, user, findings } = situation;
  const { settings, account } = ports.deployment;
  const question: Question = {
    step: situation.step,
    action,
    identity: {
      key: found.identity.key,
      kind: found.identity.kind,
      protected: user !== null && settings.protected.includes(user.arn),
      decoy: user !== null && settings.decoys.includes(user.arn),
      own: found.identity.kind !== 'iam-user' && (found.identity.name ?? '').startsWith('rescind-'),
      managed: user?.tags[settings.tags.managed] === 'managed' && secretManaged,
      accountMatches: found.account === account && (user === null || user.arn.split(':')[4] === account),
      uniqueId: uniqueIdOf(findings, user),
      credentialBelongs,
    },
    context: {
      mode: settings.mode,
      signal: signalOf(situation),
      simulated: weighed(findings).some(({ simulated }) => simulated),
      contained: situation.contained,
    },
  };
  const { answer, policies, reason } = ports.decide(question);
  const planned = { action, credential, answer, policies, reason };
  if (settings.mode !== 'observe') return planned;
  // In mode enforce a rotation is asked for only after the cuts, so it is judged as if they had been made.
  const enforced = ports.decide({ ...question, context: { ...question.context, mode: 'enforce', contained: true } });
  return { ...planned, would: enforced.answer };
}
