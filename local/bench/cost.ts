import { type Figure, figure } from './figure.ts';
import { prices } from './prices.ts';
import type { WholeCase } from './whole-case.ts';

/** Lambda gives a function the power of one vCPU at 1,769 MB (Lambda Developer Guide, "Configure memory"), and less in proportion. */
const oneCpuMb = 1769;
const cases = 1000;
/** A change in IAM takes some seconds to be seen everywhere; rotate and verify wait for it, with this memory. */
const waitSeconds = 5;
const waitGb = 0.25;
const bar = 0.35;

/** Milliseconds by the name of the function. */
export interface Durations {
  coldImport: ReadonlyMap<string, number>;
  warm: ReadonlyMap<string, number>;
}

/** What a case costs, by what was counted. Milliseconds are the engine's, and made AWS's by the assumption in `how`. */
export function costFigures(whole: WholeCase, { coldImport, warm }: Durations): Figure[] {
  const { story, states, invocations } = whole;
  const gbSeconds = invocations.reduce((sum, { function: name, memoryMb }) => {
    const oneCpuSeconds = ((coldImport.get(name) ?? Number.NaN) + (warm.get(name) ?? Number.NaN)) / 1000;
    return sum + (oneCpuSeconds / Math.min(1, memoryMb / oneCpuMb)) * (memoryMb / 1024);
  }, 0);
  const machine = states.length * prices.stateTransition;
  const lambda = invocations.length * prices.lambdaRequest + gbSeconds * prices.lambdaGbSecond;
  const waitSecond = waitGb * prices.lambdaGbSecond * cases;
  const total = (machine + lambda) * cases + waitSeconds * waitSecond;
  const how = `${states.length} transitions at $25 a million ($${(machine * cases).toFixed(3)}) and ${invocations.length} arm64 requests with ${gbSeconds.toFixed(2)} GB-s ($${(lambda * cases).toFixed(3)}), us-east-1 list price, no free tier; assumed of AWS: every invocation is cold and billed for its import on one core and its median warm duration here, both longer by 1,769 MB over its memory, and rotate and verify wait ${waitSeconds} s for IAM to spread a change ($${(waitSeconds * waitSecond).toFixed(3)})`;
  return [
    figure(`${story}: Step Functions and Lambda, 1,000 cases`, total, '$', how, bar),
    figure(
      `${story}: further waiting for IAM that fits`,
      (bar - total) / waitSecond,
      's',
      `beyond the ${waitSeconds} s assumed, until the bar is passed: each second costs $${waitSecond.toFixed(4)} a 1,000 cases at 256 MB`,
    ),
    ...besideFigures(whole),
  ];
}

/** Requests to the stores, counted from the logs of the Lambdas; what AWS makes in our name is added where it is said. */
function besideFigures({ story, invocations, rowKb }: WholeCase): Figure[] {
  const made = new Map<string, number>();
  for (const { operation } of invocations.flatMap(({ calls }) => calls))
    made.set(operation, (made.get(operation) ?? 0) + 1);
  const of = (...operations: string[]) => operations.reduce((sum, name) => sum + (made.get(name) ?? 0), 0);
  const [puts, gets, publishes] = [of('s3:PutObject'), of('s3:GetObject'), of('sns:Publish')];
  const updates = of('dynamodb:UpdateItem');
  const transactions = of('dynamodb:TransactWriteItems');
  const reads = of('dynamodb:GetItem', 'dynamodb:Query');
  // The row of a case has its final size only at the end, and its index holds all of it: both count as written each time.
  const writeUnits = 2 * rowKb.case * updates + 2 * transactions * (2 * rowKb.case + rowKb.others + rowKb.otherRows);
  const readUnits = reads * Math.ceil(rowKb.case / 4);
  const kms = { asymmetric: of('kms:Sign', 'kms:GetPublicKey'), symmetric: puts + gets + 2 * publishes };
  const secrets = [...made].reduce((sum, [name, count]) => sum + (name.startsWith('secretsmanager:') ? count : 0), 0);
  const priced = (service: string, count: number, dollars: number, how: string) => {
    const worth = (dollars * cases).toFixed(4);
    return figure(
      `${story}: ${service} requests a case`,
      count,
      '',
      `counted in the logs; ${how}: $${worth} per 1,000 cases`,
    );
  };
  return [
    priced(
      'KMS',
      kms.asymmetric + kms.symmetric,
      kms.asymmetric * prices.kmsAsymmetric + kms.symmetric * prices.kmsSymmetric,
      `${kms.asymmetric} asymmetric (sign, public key) at $0.15 per 10,000, and one symmetric for each S3 request and two for each message (SSE-KMS), at $0.03`,
    ),
    priced('S3', puts + gets, puts * prices.s3Put + gets * prices.s3Get, `${puts} puts and ${gets} gets`),
    priced(
      'DynamoDB',
      updates + transactions + reads,
      writeUnits * prices.dynamoWriteUnit + readUnits * prices.dynamoReadUnit,
      `${reads} reads, ${updates} updates, ${transactions} transactions, at most ${writeUnits} write and ${readUnits} read units (each write as large as the last, ${rowKb.case} KB, and again in the index)`,
    ),
    priced(
      'SQS',
      3,
      3 * prices.sqsRequest,
      'not ours, so not in the logs: one send by the rule, one receive and one delete by Lambda; its idle polls, about 650,000 a month, cost $0.26 a month',
    ),
    priced('SNS', publishes, publishes * prices.snsPublish, 'without deliveries'),
    priced('Secrets Manager', secrets, secrets * prices.secretsCall, 'API calls'),
  ];
}
