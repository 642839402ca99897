import * as v from 'valibot';
import { isCaseId } from '#core/ids';
import type { Permission } from '#core/permission';
import type { EvidenceStore, Signer } from '#core/ports';
import type { Register } from '#core/register';
import { readRecord, recordKey } from '#core/run/record';

export const watchPermissions: Permission[] = [
  { action: 'dynamodb:GetItem', on: 'register' },
  { action: 's3:GetObject', on: 'evidence' },
  { action: 'kms:GetPublicKey', on: 'signer' },
  { action: 'sns:Publish', on: 'topic' },
];

/** CloudTrail User Guide, "CloudTrail record contents"; only what the answer needs. */
const event = v.object({
  detail: v.object({
    eventName: v.pipe(v.string(), v.regex(/^[A-Za-z0-9]{1,64}$/)),
    requestID: v.pipe(v.string(), v.regex(/^[\w-]{1,100}$/)),
    eventTime: v.pipe(v.string(), v.maxLength(40)),
    readOnly: v.optional(v.boolean(), false),
    sourceIPAddress: v.optional(v.pipe(v.string(), v.maxLength(200))),
    userIdentity: v.object({
      arn: v.optional(v.pipe(v.string(), v.maxLength(300))),
      accessKeyId: v.optional(v.pipe(v.string(), v.maxLength(130))),
      sessionContext: v.object({ sessionIssuer: v.object({ arn: v.pipe(v.string(), v.maxLength(300)) }) }),
    }),
  }),
});

/** A change that one of our roles has made. */
export interface WatchedCall {
  operation: string;
  requestId: string;
  at: string;
  role: string;
  session: string | null;
  accessKeyId: string | null;
  from: string | null;
}

export type Watched =
  | { outcome: 'reads-only' }
  | { outcome: 'accounted'; caseId: string; record: number }
  | { outcome: 'unaccounted'; call: WatchedCall };

/**
 * Whether a record of a case tells of a change that one of our roles has made. The register only says where to look:
 * the call must stand in the locked record that our key has signed, so that whoever uses a role of ours beside the
 * pipeline must also be able to sign, and leaves a record that cannot be taken away.
 */
export async function watchCall(
  body: string,
  {
    register,
    evidence,
    signer,
  }: {
    register: Pick<Register, 'accountOf'>;
    evidence: Pick<EvidenceStore, 'get'>;
    signer: Pick<Signer, 'keyid' | 'verify'>;
  },
): Promise<Watched> {
  const { detail } = v.parse(event, JSON.parse(body));
  if (detail.readOnly) return { outcome: 'reads-only' };
  const operation = `iam:${detail.eventName}`;
  const told = await register.accountOf(detail.requestID);
  if (told && isCaseId(told.caseId)) {
    const bytes = await evidence.get(recordKey(told.caseId, told.number));
    const calls = bytes ? (await readRecord(bytes, told.caseId, told.number, signer)).calls : [];
    if (calls.some((call) => call.requestId === detail.requestID && call.operation === operation))
      return { outcome: 'accounted', caseId: told.caseId, record: told.number };
  }
  const { arn = null, accessKeyId = null, sessionContext } = detail.userIdentity;
  const call: WatchedCall = {
    operation,
    requestId: detail.requestID,
    at: detail.eventTime,
    role: sessionContext.sessionIssuer.arn,
    session: arn,
    accessKeyId,
    from: detail.sourceIPAddress ?? null,
  };
  return { outcome: 'unaccounted', call };
}
