import { createHmac } from 'node:crypto';
import { compactVerify, createLocalJWKSet, createRemoteJWKSet, errors, type JSONWebKeySet } from 'jose';
import { RetryableError } from '#core/error';
import type { Disbelief, ReceiverPorts } from '#core/receivers/receiver';

/** One a URL and process: it keeps the set for ten minutes, and asks again for an unknown kid at most every 30 s. */
const published = new Map<string, ReturnType<typeof createRemoteJWKSet>>();
const setAt = (url: string) => {
  const known = published.get(url) ?? createRemoteJWKSet(new URL(url), { timeoutDuration: 3000 });
  published.set(url, known);
  return known;
};

/** JSON Web Signatures, by the library `jose`. */
export const verifyToken: ReceiverPorts['verify'] = async (token, keys, algorithms) => {
  try {
    const set = typeof keys === 'string' ? setAt(keys) : createLocalJWKSet(keys as JSONWebKeySet);
    const { payload, protectedHeader } = await compactVerify(token, set, { algorithms: [...algorithms] });
    const claims = claimsIn(payload);
    return claims ? { header: { ...protectedHeader }, payload: claims } : 'malformed';
  } catch (error) {
    return disbelief(error);
  }
};

/**
 * How many keys of a set are found for a token that names their kid, by one of the algorithms. What is published and is no
 * set has none; Retryable where nobody answers.
 */
export async function usableKeys(
  keys: Parameters<ReceiverPorts['verify']>[1],
  algorithms: readonly string[],
): Promise<number> {
  const set = typeof keys === 'string' ? await fetched(keys) : (keys as JSONWebKeySet);
  const find = createLocalJWKSet(set);
  const isFound = async (kid: string | undefined) =>
    kid !== undefined &&
    Promise.any(algorithms.map((alg) => find({ alg, kid }))).then(
      () => true,
      () => false,
    );
  return (await Promise.all(set.keys.map(({ kid }) => isFound(kid)))).filter(Boolean).length;
}

async function fetched(url: string): Promise<JSONWebKeySet> {
  const published = setAt(url);
  try {
    await published.reload();
  } catch (error) {
    if (!(error instanceof errors.JOSEError) || error instanceof errors.JWKSTimeout)
      throw new RetryableError(`${url} does not answer`, { cause: error });
  }
  return published.jwks() ?? { keys: [] };
}

function claimsIn(payload: Uint8Array): Record<string, unknown> | null {
  try {
    const claims: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
    return typeof claims === 'object' && claims !== null && !Array.isArray(claims) ? { ...claims } : null;
  } catch {
    return null;
  }
}

/** A key set that cannot be fetched says nothing of the token: whoever pushed it is to try again. */
function disbelief(error: unknown): Disbelief {
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'signature';
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) return 'key';
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) return 'algorithm';
  if (error instanceof errors.JWSInvalid) return 'malformed';
  throw new RetryableError(`the key set of the issuer cannot be had: ${(error as Error).name}`, { cause: error });
}

export const hmac: ReceiverPorts['hmac'] = async (secret, body) =>
  createHmac('sha256', secret).update(body).digest('hex');
