import { sha256 } from '#core/digest';

/** Shapes of the identifiers that AWS issues; whatever does not match is never passed on to an API. */
export const isAccountId = (text: unknown): text is string => typeof text === 'string' && /^\d{12}$/.test(text);
export const isRegion = (text: unknown): text is string =>
  typeof text === 'string' && /^[a-z]{2}(-[a-z]+)+-\d{1,2}$/.test(text);
/** IAM names: 1-64 of these characters (IAM User Guide, "IAM and AWS STS quotas"). */
export const isIamName = (text: unknown): text is string => typeof text === 'string' && /^[\w+=,.@-]{1,64}$/.test(text);
/** Access key ids: AKIA (long-term) or ASIA (temporary), then 12 to 124 upper-case letters and digits. */
export const isAccessKeyId = (text: unknown): text is string =>
  typeof text === 'string' && /^A(KIA|SIA)[A-Z0-9]{12,124}$/.test(text);
export const isUserId = (text: unknown): text is string =>
  typeof text === 'string' && /^AIDA[A-Z0-9]{12,124}$/.test(text);
export const isRoleId = (text: unknown): text is string =>
  typeof text === 'string' && /^AROA[A-Z0-9]{12,124}$/.test(text);
export const isCaseId = (text: unknown): text is string => typeof text === 'string' && /^c-[0-9a-f]{16}$/.test(text);

/** The name of a subject of an identity provider as it is compared: an address has no casing, an id has. */
export const subjectName = (name: string): string => (name.includes('@') ? name.toLowerCase() : name);

/**
 * A name as the register knows it. What came over the simulation bus has names of its own there, so that a drill never
 * joins, repeats or shields what is real. No alias and no source begins so by itself.
 */
export const inWorld = (name: string, simulated: boolean): string => (simulated ? `simulated/${name}` : name);

/** `c-` and the first 16 hex digits of SHA-256 over the identity's key, a line feed, and the id of the first finding. */
export const caseIdOf = (key: string, firstFindingId: string, simulated: boolean): string =>
  `c-${sha256(`${inWorld(key, simulated)}\n${firstFindingId}`).slice(0, 16)}`;

/** The bus of simulated events. */
export const simulationBus = 'rescind-simulation';

/** The rules of a source are numbered from the second on. */
export const ruleName = (source: string, at: number): string =>
  at === 0 ? `rescind-${source}` : `rescind-${source}-${at + 1}`;

/** Executions are named by case and run, so that a second start of the same run is refused by the service. */
export const executionName = (caseId: string, run: number): string => `${caseId}-${run}`;
