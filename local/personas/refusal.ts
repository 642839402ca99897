/**
 * Error names by which AWS refuses a credential: it is dead, it is not allowed, or its session has ended. They differ
 * by service (engine and AWS agree on the names). Any other error, SignatureDoesNotMatch and a lost connection above
 * all, is a fault of the probe and proves nothing.
 */
const kinds = {
  UnrecognizedClientException: 'dead',
  InvalidClientTokenId: 'dead',
  InvalidAccessKeyId: 'dead',
  AccessDenied: 'denied',
  AccessDeniedException: 'denied',
  AuthorizationError: 'denied',
  AuthorizationErrorException: 'denied',
  ExpiredToken: 'expired',
  ExpiredTokenException: 'expired',
} as const;

export interface Refusal {
  name: keyof typeof kinds;
  kind: (typeof kinds)[keyof typeof kinds];
  status: number | null;
}

/** How the call was refused, or nothing where the error is not a refusal. */
export function refusal(error: unknown): Refusal | undefined {
  if (!(error instanceof Error) || !Object.hasOwn(kinds, error.name)) return undefined;
  const name = error.name as keyof typeof kinds;
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return { name, kind: kinds[name], status: $metadata?.httpStatusCode ?? null };
}
