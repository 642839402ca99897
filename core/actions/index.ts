export { deactivateAccessKey } from './deactivate-access-key.ts';
export { denyOlderRoleSessions } from './deny-older-role-sessions.ts';
export { denyRoleSession } from './deny-role-session.ts';
export { denyUserSessions } from './deny-user-sessions.ts';
