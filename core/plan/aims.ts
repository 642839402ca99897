import type { Target } from '#core/actions/action';
import { accessKey, roleSession, roleSessions, userSessions } from '#core/credential';
import { type Finding, heardSeconds, mostUrgent, signalOf } from '#core/finding';
import { allCut, ownKeys } from '#core/run/told';
import { isNewKey } from '#core/sources/cloudtrail';
import type { CredentialKind, UserFacts } from '#core/step-facts';
import type { Situation } from './situation.ts';

/** One credential that the findings ask to be cut. */
export interface Aim {
  credential: string;
  target: Target;
  /** Whether the key that the urgent ones of them name is known to be this identity's. */
  belongs: boolean;
  /** Those that ask for it: no other's urgency counts. */
  findings: Finding[];
}

/** What is asked to be cut, by kind; nothing where the situation is about somebody of another kind. */
export const aims: Record<CredentialKind, (situation: Situation, cutoff: string) => Aim[]> = {
  /** The keys that the findings name; where one named only a session, the active ones too: whoever made it holds one. */
  'access-key': ({ user, findings, found }, cutoff) => {
    if (!user) return [];
    // What the case has cut and IAM lists no more, its owner has deleted: nobody need be asked about it again.
    const cut = new Set(allCut(found).map(({ credential }) => credential));
    const ofThisRun = new Set(found.facts.contain?.done.map(({ credential }) => credential));
    const isDeleted = (id: string) => cut.has(accessKey(id)) && !owns(user, id);
    const long = [...namedKeys(findings)].filter((id) => id.startsWith('AKIA'));
    // A key that the attacker made with a session must not take the question about that session's maker away.
    const asking = findings.filter(({ signal, credential }) => signal !== 'advisory' && !isLong(credential));
    const mayHaveMade = makersOf(asking, ownKeys(found));
    const active = user.keys.filter(({ status }) => status === 'Active');
    const makers = active.filter(mayHaveMade).map(({ id }) => id);
    return [...new Set([...long, ...makers])]
      .filter((id) => !isDeleted(id))
      .map((keyId) => {
        const naming = findings.filter(({ credential }) => credential.accessKeyId === keyId);
        const news = naming.filter(isNewKey);
        const lending = findings.filter((finding) => news.some(isNewsTo(finding)));
        const isNew = signalOf(lending) !== 'advisory';
        const others = isNew ? lending : findings.filter(({ credential }) => !isLong(credential));
        const about = [...new Set([...naming, ...others])];
        const isUrgent = mostUrgent(about).some((finding) => naming.includes(finding));
        // What somebody has switched on again since a run before cut it may be rightful, where only news of it is told.
        const isBack =
          cut.has(accessKey(keyId)) && !ofThisRun.has(accessKey(keyId)) && active.some(({ id }) => id === keyId);
        return {
          credential: accessKey(keyId),
          target: { caseId: found.id, cutoff, user, keyId },
          belongs: owns(user, keyId) && (isUrgent || (isNew && !isBack)),
          findings: about,
        };
      });
  },

  'user-sessions': ({ user, findings, found }, cutoff) => {
    if (!user) return [];
    const belongs = [...namedKeys(mostUrgent(findings))].some((id) => owns(user, id));
    const target = { caseId: found.id, cutoff, user };
    return [{ credential: userSessions(found.account, user.name), target, belongs, findings }];
  },

  /** The narrowest cut: the sessions of one name, where one workload alone has it. */
  'role-session': ({ role, findings, found }, cutoff) => {
    if (!role) return [];
    const byName = Object.groupBy(onSessions(findings).filter(isUnshared), ({ identity }) => identity.session ?? '');
    return Object.entries(byName).map(([session, about = []]) => ({
      credential: roleSession(found.account, role.name, session),
      target: { caseId: found.id, cutoff, role, session },
      belongs: false,
      findings: about,
    }));
  },

  /** Whoever holds a session of the role is hit, so only for findings that no narrower cut covers. */
  'role-sessions': ({ role, findings, found }, cutoff) => {
    const shared = onSessions(findings).filter((finding) => !isUnshared(finding));
    if (!role || shared.length === 0) return [];
    const target = { caseId: found.id, cutoff, role };
    return [{ credential: roleSessions(found.account, role.name), target, belongs: false, findings: shared }];
  },
};

const namedKeys = (findings: Finding[]) =>
  new Set(findings.flatMap(({ credential }) => (credential.accessKeyId ? [credential.accessKeyId] : [])));

/** A key that was made long before what is found now is not the attacker's. */
const isNewsTo =
  (finding: Finding) =>
  (news: Finding): boolean =>
    Date.parse(finding.observedAt) <= Date.parse(news.observedAt) + heardSeconds * 1000;

/** Which keys may be behind what was seen: not one that the case itself has made since. */
const makersOf =
  (asking: Finding[], ours: string[]) =>
  ({ id, createdAt }: UserFacts['keys'][number]): boolean => {
    const isOurs = ours.includes(id);
    return asking.some(({ observedAt }) => !isOurs || !createdAt || Date.parse(observedAt) >= Date.parse(createdAt));
  };

const isLong = ({ accessKeyId }: Finding['credential']) => accessKeyId?.startsWith('AKIA') === true;

const owns = (user: UserFacts, keyId: string) => user.keys.some(({ id }) => id === keyId);

const onSessions = (findings: Finding[]) => findings.filter(({ identity }) => identity.kind === 'role-session');

/**
 * EC2 names an instance's sessions by its id (IAM User Guide, "AWS global condition context keys", aws:userid). Every
 * other name is the caller's choice, and others may have chosen the same.
 */
const isUnshared = ({ identity }: Finding) => /^i-([0-9a-f]{8}|[0-9a-f]{17})$/.test(identity.session ?? '');
