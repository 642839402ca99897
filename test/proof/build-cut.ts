import type { Case } from '#core/case';
import { type Cut, cutOf } from '#core/proof/cut';
import type { ActionResult, CutsMade } from '#core/step-facts';
import { aCase, aRole, aUser, ports } from '../build-case.ts';
import { fakeAws } from '../fake-aws.ts';
import { account, roleId, userId, userKey } from '../sources/guardduty-finding.ts';

/** Everything here was cut at this second; sessions issued before the other are refused. */
export const cutAt = '2026-08-20T10:00:00.000Z';
export const cutoff = '2026-08-20T10:00:30Z';
export const session = 'i-0abc';

export const credentials = {
  key: ['deactivate-access-key', `access-key/${userKey}`],
  user: ['deny-user-sessions', `user-sessions/${account}/alice`],
  session: ['deny-role-session', `role-session/${account}/web-server/${session}`],
  role: ['deny-older-role-sessions', `role-sessions/${account}/web-server`],
} as const;
export type Kind = keyof typeof credentials;

/** A case that has cut one credential on a fake AWS. */
export async function aCut(kind: Kind, settings: Record<string, unknown> = {}) {
  const aws = fakeAws();
  const alice = aws.addUser('alice', {}, userId);
  aws.addKey(alice, userKey);
  const role = aws.addRole('web-server', { uniqueId: roleId });
  const { ports: around } = ports({ aws, settings });
  const [action, credential] = credentials[kind];
  const done: ActionResult = { action, credential, outcome: 'done', before: null, after: null };
  const isRole = kind === 'role' || kind === 'session';
  const made: CutsMade = {
    done: [done],
    cutoff,
    cutAt,
    user: isRole ? null : aUser(),
    role: isRole ? aRole() : null,
  };
  const found: Case = aCase({
    stage: 'revoked',
    cuts: [made],
    facts: { contain: { ...made, plan: [], reason: '' } },
  });
  const begun = cutOf(done, made, found.id) as Cut;
  done.after = await begun.action.run(begun.target, around.aws);
  aws.calls.length = 0;
  return { aws, alice, role, ports: around, found, made, cut: { ...begun, after: done.after } };
}
