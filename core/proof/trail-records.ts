import * as v from 'valibot';
import { instant } from '#core/instant';

/** One call of a trail, as far as a proof weighs it. Everything in it was written by whoever made the call or worse. */
export interface TrailCall {
  id: string;
  name: string;
  /** Milliseconds. */
  at: number;
  /** The error's code; null where the call was served. */
  error: string | null;
  accessKeyId: string | null;
  principalId: string | null;
  userName: string | null;
  /** Hostile text: only one phrase of AWS's own is looked for in it. */
  message: string;
  /** Who issued the session. */
  issuerId: string | null;
  issuerName: string | null;
  /** When the session was issued, in milliseconds. */
  issuedAt: number | null;
}

const text = v.optional(v.nullable(v.string()));
const calls = v.object({
  Records: v.array(
    v.object({
      eventID: text,
      eventName: v.string(),
      eventTime: v.string(),
      errorCode: text,
      errorMessage: text,
      userIdentity: v.optional(
        v.nullable(
          v.object({
            accessKeyId: text,
            principalId: text,
            userName: text,
            sessionContext: v.optional(
              v.nullable(
                v.object({
                  sessionIssuer: v.optional(v.nullable(v.object({ principalId: text, userName: text }))),
                  attributes: v.optional(v.nullable(v.object({ creationDate: text }))),
                }),
              ),
            ),
          }),
        ),
      ),
    }),
  ),
});

/** The calls in an unpacked file of a trail (CloudTrail User Guide, "CloudTrail record contents"); null where it is none. */
export function trailRecords(bytes: Uint8Array): TrailCall[] | null {
  const read = v.safeParse(calls, parsed(bytes));
  if (!read.success) return null;
  const found: TrailCall[] = [];
  for (const { eventID, eventName, eventTime, errorCode, errorMessage, userIdentity } of read.output.Records) {
    const at = milliseconds(eventTime);
    if (at === null) return null;
    const { sessionIssuer, attributes } = userIdentity?.sessionContext ?? {};
    found.push({
      id: eventID ?? '(no id)',
      name: eventName,
      at,
      error: errorCode ?? null,
      message: errorMessage ?? '',
      accessKeyId: userIdentity?.accessKeyId ?? null,
      principalId: userIdentity?.principalId ?? null,
      userName: userIdentity?.userName ?? null,
      issuerId: sessionIssuer?.principalId ?? null,
      issuerName: sessionIssuer?.userName ?? null,
      issuedAt: milliseconds(attributes?.creationDate),
    });
  }
  return found;
}

function milliseconds(written: unknown): number | null {
  const at = typeof written === 'string' ? instant(written) : null;
  return at === null ? null : Date.parse(at);
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return null;
  }
}
