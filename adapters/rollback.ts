import type { Context } from 'aws-lambda';
import * as v from 'valibot';
import { isCaseId } from '#core/ids';
import { type RolledBack, rollBack } from '#core/later/rollback';
import { awsCaller } from './call-aws.ts';
import { deployment } from './deployment.ts';
import { iamOperations } from './iam.ts';
import { log } from './log.ts';
import { callAs } from './probe.ts';
import { surroundings } from './surroundings.ts';

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
    ...surroundings({ takeCalls, guard }),
    ports: {
      aws: call,
      now,
      wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
      deployment: deployment(context.invokedFunctionArn),
    },
  });
  log.info('rollback', { outcome: made.outcome });
  return made;
}
