export { deactivateAccessKey } from './deactivate-access-key.ts';
export { denyUserSessions } from './deny-user-sessions.ts';
