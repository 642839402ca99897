/** A key, or a session with its token. */
export interface Credential {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** What an SDK client is made with. One attempt, so that every refusal is seen. */
export interface ClientConfig {
  endpoint: string;
  region: string;
  credentials: Credential;
  maxAttempts: 1;
  /** A call without an answer becomes a fault, so that no persona outlives its stop. */
  requestHandler: { requestTimeout: number; throwOnRequestTimeout: true };
}

/** One harmless call that the credential is allowed, as unit `n` of a persona's work. Not GetCallerIdentity: it answers under any Deny. */
export type Work = (config: ClientConfig) => { call(n: number): Promise<unknown>; close(): void };

export interface Pace {
  /** Pause between two calls. */
  everyMs: number;
  /** Ends the persona, so that a demo that hangs does not call for ever. */
  mostCalls: number;
}

export const usualPace: Pace = { everyMs: 10, mostCalls: 30_000 };

/** Milliseconds since the epoch, with fractions, never set back by a clock change. */
export const now = (): number => performance.timeOrigin + performance.now();

export const clientConfig = (
  { endpoint, region }: { endpoint: string; region: string },
  credentials: Credential,
): ClientConfig => ({
  endpoint,
  region,
  credentials,
  maxAttempts: 1,
  requestHandler: { requestTimeout: 5_000, throwOnRequestTimeout: true },
});
