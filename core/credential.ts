/** The name of what can be cut: its kind, then who holds it. No part can hold a slash. */
export const accessKey = (id: string) => `access-key/${id}`;
export const userSessions = (account: string | null, name: string) => `user-sessions/${account}/${name}`;
export const roleSession = (account: string | null, role: string, session: string) =>
  `role-session/${account}/${role}/${session}`;
export const roleSessions = (account: string | null, role: string) => `role-sessions/${account}/${role}`;
