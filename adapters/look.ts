import type { Context } from 'aws-lambda';
import * as v from 'valibot';
import { isCaseId } from '#core/ids';
import { type Looked, look } from '#core/look';
import { awsCaller } from './call-aws.ts';
import { controlQueue } from './control-queue.ts';
import { deployment, given } from './deployment.ts';
import { evidenceBucket } from './evidence.ts';
import { proofOperations } from './iam-proof.ts';
import { log } from './log.ts';
import { callAs, whoAmI } from './probe.ts';
import { caseTable } from './register.ts';
import { secretOperations } from './secrets-manager.ts';
import { kmsSigner } from './signer.ts';
import { topic } from './topic.ts';
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
    register: caseTable(given('REGISTER')),
    evidence: evidenceBucket(given('EVIDENCE'), given('DATA_KEY')),
    signer: kmsSigner(given('SIGNER')),
    notify: async (notice) => topic(given('TOPIC'))(notice),
    actor: whoAmI,
    takeCalls,
    guard,
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
