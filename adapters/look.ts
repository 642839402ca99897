import type { Context } from 'aws-lambda';
import * as v from 'valibot';
import { isCaseId } from '#core/ids';
import { type Looked, look } from '#core/later/look';
import { awsCaller } from './call-aws.ts';
import { controlQueue } from './control-queue.ts';
import { deployment, given } from './deployment.ts';
import { proofOperations } from './iam-proof.ts';
import { log } from './log.ts';
import { callAs } from './probe.ts';
import { secretOperations } from './secrets-manager.ts';
import { surroundings } from './surroundings.ts';
import { trailBucket } from './trail.ts';

const input = v.strictObject({
  caseId: v.pipe(
    v.string(),
    v.check((text) => isCaseId(text)),
  ),
  run: v.pipe(v.number(), v.integer(), v.minValue(1)),
});

/** The Lambda that a schedule calls once for each closed case. */
export async function lookHandler(event: unknown, context: Context): Promise<Looked> {
  const asked = v.parse(input, event);
  log.addContext(context);
  log.appendKeys(asked);
  const now = () => new Date();
  const here = deployment(context.invokedFunctionArn);
  const operations = { ...proofOperations, ...secretOperations };
  const { call, probe, takeCalls, guard } = awsCaller(operations, now, callAs);
  const made = await look(asked, {
    ...surroundings({ takeCalls, guard }),
    sendControl: controlQueue(given('CONTROL_QUEUE')),
    ports: {
      aws: call,
      probe,
      trail: trailBucket(here.settings.trail),
      now,
      wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
      deployment: here,
    },
  });
  log.info('look', { outcome: made.outcome });
  return made;
}
