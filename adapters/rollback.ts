import type { Context } from 'aws-lambda';
import * as v from 'valibot';
import { isCaseId } from '#core/ids';
import { type RolledBack, rollBack } from '#core/rollback';
import { awsCaller } from './call-aws.ts';
import { given } from './deployment.ts';
import { evidenceBucket } from './evidence.ts';
import { iamOperations } from './iam.ts';
import { log } from './log.ts';
import { callAs, whoAmI } from './probe.ts';
import { caseTable } from './register.ts';
import { kmsSigner } from './signer.ts';
import { topic } from './topic.ts';

const input = v.strictObject({
  caseId: v.pipe(
    v.string(),
    v.check((text) => isCaseId(text)),
  ),
  by: v.pipe(v.string(), v.maxLength(2048)),
  execution: v.string(),
});

/** The Lambda of the rollback machine. */
export async function rollbackHandler(event: unknown, context: Context): Promise<RolledBack> {
  const order = v.parse(input, event);
  log.addContext(context);
  log.appendKeys({ caseId: order.caseId, execution: order.execution });
  const now = () => new Date();
  const { call, takeCalls, guard } = awsCaller(iamOperations, now, callAs);
  const made = await rollBack(order, {
    register: caseTable(given('REGISTER')),
    evidence: evidenceBucket(given('EVIDENCE'), given('DATA_KEY')),
    signer: kmsSigner(given('SIGNER')),
    notify: async (notice) => topic(given('TOPIC'))(notice),
    actor: whoAmI,
    takeCalls,
    guard,
    ports: { aws: call, now },
  });
  log.info('rollback', { outcome: made.outcome });
  return made;
}
