import type { Register } from '#core/register';
import type { CallRecord, RecordPredicate } from '#verifier/format';

/** Calls by which IAM changes something: those that the watch asks about. */
const isIamWrite = ({ operation }: CallRecord) => /^iam:(?!Get|List|Simulate|Generate)/.test(operation);

/** Notes by its request id which record tells of each change, so that the watch finds it among all cases. */
export async function accountFor(
  predicates: readonly RecordPredicate[],
  register: Pick<Register, 'accountFor'>,
): Promise<void> {
  for (const { caseId, number, calls } of predicates) {
    const ids = calls.filter(isIamWrite).flatMap(({ requestId }) => (requestId ? [requestId] : []));
    if (ids.length > 0) await register.accountFor(caseId, number, ids);
  }
}
