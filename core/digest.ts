import { createHash } from 'node:crypto';

/** Lower-case hex SHA-256 of the bytes (text counts as its UTF-8). */
export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');
