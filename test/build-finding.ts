import type { Finding } from '#core/finding';
import { account, roleId, sessionKey, userId, userKey } from './sources/guardduty-finding.ts';

let made = 0;

/** A normalised finding about alice's key, with an id of its own unless told. */
export function finding(overrides: Partial<Finding> = {}): Finding {
  made += 1;
  return {
    source: 'guardduty',
    id: `finding-${made}`,
    type: 'UnauthorizedAccess:IAMUser/MaliciousIPCaller.Custom',
    signal: 'immediate',
    why: 'listed',
    severity: 5,
    account,
    region: 'eu-central-1',
    observedAt: '2026-08-20T09:35:00.000Z',
    simulated: false,
    identity: identity('alice'),
    credential: { accessKeyId: userKey },
    raw: String(made).padStart(64, '0'),
    ...overrides,
  };
}

export function identity(name: string, keyId = userKey): Finding['identity'] {
  const key = `user/${account}/${name}`;
  return { kind: 'iam-user', key, name, uniqueId: userId, aliases: [`access-key/${keyId}`, key] };
}

/** A session of a role, as a finding names it. */
export function roleIdentity(
  session: string | undefined = 'i-0123456789abcdef0',
  name = 'web-server',
): Finding['identity'] {
  const key = `role/${account}/${name}`;
  const ids = session === undefined ? {} : { uniqueId: roleId, session };
  return { kind: 'role-session', key, name, ...ids, aliases: [`access-key/${sessionKey}`, key] };
}

/** A finding that knows the key alone. */
export const keyOnly = (keyId = userKey): Finding['identity'] => ({
  kind: 'unknown',
  key: `access-key/${keyId}`,
  aliases: [`access-key/${keyId}`],
});
