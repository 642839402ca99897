import { fromBase64, plain } from './bytes.ts';

/** DER of SubjectPublicKeyInfo up to the point: id-ecPublicKey, prime256v1, uncompressed (RFC 5480, RFC 5912). */
const p256Head = '3059301306072a8648ce3d020106082a8648ce3d03010703420004';

/** The DER in a PEM public key if it is an uncompressed P-256 key (the form that KMS GetPublicKey gives), else null. */
export function spkiOfPem(pem: string): Uint8Array | null {
  const body = pem.match(
    /^-----BEGIN PUBLIC KEY-----\r?\n([A-Za-z0-9+/=\r\n]{1,400})-----END PUBLIC KEY-----\r?\n?$/,
  )?.[1];
  const der = fromBase64((body ?? '').replace(/[\r\n]/g, ''));
  const head = Array.from(der?.subarray(0, 27) ?? [], (byte) => byte.toString(16).padStart(2, '0')).join('');
  return der?.length === 91 && head === p256Head ? der : null;
}

/** Null if the point is not on the curve. */
export async function importP256(spki: Uint8Array): Promise<CryptoKey | null> {
  try {
    return await crypto.subtle.importKey('spki', plain(spki), { name: 'ECDSA', namedCurve: 'P-256' }, false, [
      'verify',
    ]);
  } catch {
    return null;
  }
}

/**
 * DER `SEQUENCE { r INTEGER, s INTEGER }` as KMS gives it, to the 64 bytes r||s that WebCrypto wants. Strict: one
 * encoding for a pair, positive, at most 32 bytes each, nothing after it. Null for everything else.
 */
export function rawSignature(der: Uint8Array): Uint8Array<ArrayBuffer> | null {
  if (der[0] !== 0x30 || der[1] !== der.length - 2) return null;
  const out = new Uint8Array(64);
  let at = 2;
  for (const end of [32, 64]) {
    const length = der[at + 1] ?? 0;
    const number = der.subarray(at + 2, at + 2 + length);
    if (der[at] !== 0x02 || length === 0 || number.length !== length) return null;
    const [first, second] = number as unknown as [number, number | undefined];
    if (first >= 0x80 || (first === 0 && (second === undefined || second < 0x80))) return null;
    const digits = first === 0 ? number.subarray(1) : number;
    if (digits.length > 32) return null;
    out.set(digits, end - digits.length);
    at += 2 + length;
  }
  return at === der.length ? out : null;
}

export const verifyP256 = (
  key: CryptoKey,
  raw: Uint8Array<ArrayBuffer>,
  signed: Uint8Array<ArrayBuffer>,
): Promise<boolean> => crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, raw, signed);
