import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { evidenceBucket } from '#adapters/evidence';
import { sha256 } from '#core/digest';
import type { StepInput, StepName } from '#core/pipeline';
import { rawKey } from '#core/run/stored-findings';
import { readEvent } from '#core/sources/read';
import { cloud, register, simulated } from './account.ts';

const { endpoint, region, root } = cloud.engine;
const lambda = new LambdaClient({ endpoint, region, credentials: root });
const s3 = new S3Client({ endpoint, region, credentials: root, forcePathStyle: true });

export type StepAnswer = { ok: true; next: string } | { ok: false; message: string };

/** Calls a deployed function with an event of whoever calls it on AWS. */
export async function call(name: string, event: object): Promise<{ error: string | null; answer: unknown }> {
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName: `rescind-${name}`, Payload: JSON.stringify(event) }),
  );
  const answer: unknown = JSON.parse(Buffer.from(Payload ?? []).toString('utf8') || 'null');
  return { error: FunctionError ? (answer as { errorMessage: string }).errorMessage : null, answer };
}

/** Runs one deployed step as the machine would, and shows its error instead of catching it. */
export async function invoke(step: StepName, input: StepInput): Promise<StepAnswer> {
  const { error, answer } = await call(step, input);
  return error === null ? { ok: true, next: (answer as { next: string }).next } : { ok: false, message: error };
}

/** Does what intake does, but starts no execution: the test drives the steps itself. */
export async function openByHand(detail: object): Promise<StepInput> {
  const { Source, DetailType, Detail } = simulated(detail);
  const body = JSON.stringify({ source: Source, 'detail-type': DetailType, detail: JSON.parse(Detail) });
  const [reading] = readEvent(body, { lists: cloud.settings });
  if (reading?.outcome !== 'finding') throw new Error('the event is no finding');
  const store = evidenceBucket(cloud.outputs.EvidenceBucket, cloud.outputs.DataKey, s3);
  await store.put(rawKey(sha256(body)), Buffer.from(body));
  const { caseId, run } = await register.attach(reading.finding, new Date().toISOString(), cloud.settings.mode);
  return { caseId, run };
}
