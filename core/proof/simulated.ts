import * as v from 'valibot';
import { RescindError } from '#core/error';
import { parseAnswer } from '#core/facts/answer';
import type { Permission } from '#core/permission';
import { AwsRefusal, type CallAws, type Operation } from '#core/ports';
import type { RungResult } from '#core/step-facts';
import type { Cut } from './cut.ts';
import { failed, notAvailable, passed } from './result.ts';

export const simulatedPermissions: Permission[] = [
  { action: 'iam:SimulateCustomPolicy', on: 'listing' },
  { action: 'iam:SimulatePrincipalPolicy', on: 'user' },
  { action: 'iam:SimulatePrincipalPolicy', on: 'role' },
];

/** Reads and writes that workloads make; one that this principal may make is enough. */
const tried = [
  ...['dynamodb:GetItem', 'dynamodb:PutItem', 'ec2:DescribeInstances', 'iam:ListUsers', 'kms:Decrypt'],
  ...['lambda:InvokeFunction', 's3:GetObject', 's3:ListAllMyBuckets', 's3:PutObject', 'secretsmanager:GetSecretValue'],
  ...['sqs:SendMessage', 'sts:AssumeRole'],
];
const allowAll = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
};

const recorded = v.object({
  policy: v.looseObject({ Statement: v.array(v.looseObject({ Condition: v.optional(v.looseObject({})) })) }),
});
const answered = v.object({
  EvaluationResults: v.array(v.object({ EvalActionName: v.string(), EvalDecision: v.string() })),
  IsTruncated: v.optional(v.boolean(), false),
});
type Decisions = Map<string, string>;

/**
 * The rung *simulated*: IAM, asked by simulation, refuses a session of before the cut-off what it allows a new one. A
 * simulator is believed only after it has answered questions right whose answers are known, because one that does not
 * weigh context would call every deny of ours a failure, or every session dead (IAM User Guide, "Testing IAM policies
 * with the IAM policy simulator"). It sees neither SCPs with conditions nor the policies of resources.
 */
export async function simulated({ action, target, after }: Cut, aws: CallAws): Promise<RungResult> {
  if (action.cuts === 'access-key') return notAvailable('policy simulation does not look at the status of a key');
  const read = v.safeParse(recorded, after);
  if (!read.success) return notAvailable('the record of the cut holds no policy to simulate');
  const { policy } = read.output;
  const cutoff = Date.parse(target.cutoff);
  const [principal, userid] =
    'role' in target
      ? [target.role.arn, `${target.role.uniqueId}:${target.session ?? 'any-session'}`]
      : [target.user.arn, target.user.uniqueId];
  const old = context(cutoff - 1000, userid);
  const fresh = context(cutoff + 1000, userid);
  const isNarrow = policy.Statement.some(({ Condition }) => JSON.stringify(Condition)?.includes('aws:userid'));
  const known: [string, object[], string][] = [
    ['a session of before the cut-off', old, 'explicitDeny'],
    ['a session of after it', fresh, 'allowed'],
    ...(isNarrow
      ? ([['a session of another name', context(cutoff - 1000, `${userid}-other`), 'allowed']] as [
          string,
          object[],
          string,
        ][])
      : []),
  ];
  const documents = [JSON.stringify(allowAll), JSON.stringify(policy)];
  try {
    for (const [whose, ContextEntries, right] of known) {
      const input = { PolicyInputList: documents, ActionNames: tried.slice(0, 1), ContextEntries };
      const said = [...(await ask('iam:SimulateCustomPolicy', input, aws)).values()];
      if (said.length !== 1 || said[0] !== right)
        return notAvailable(
          `the simulator answered a known question wrong: ${whose} is ${right} and not ${said[0] ?? 'unanswered'}`,
        );
    }
    const of = (ContextEntries: object[]) =>
      ask('iam:SimulatePrincipalPolicy', { PolicySourceArn: principal, ActionNames: tried, ContextEntries }, aws);
    return judge(await of(old), await of(fresh), target.cutoff);
  } catch (error) {
    // Simulation only adds to the proof: who may not ask has a rung less, and no case that stops.
    if (error instanceof AwsRefusal) return notAvailable(`${error.operation} was refused: ${error.name}`);
    if (error instanceof RescindError) return notAvailable(`the simulator gave no answer that can be read`);
    throw error;
  }
}

function judge(old: Decisions, fresh: Decisions, cutoff: string): RungResult {
  const served = tried.filter((action) => fresh.get(action) === 'allowed');
  if (served.length === 0)
    return notAvailable(
      `none of the ${tried.length} actions that were tried is allowed to it, with a new session either`,
    );
  const open = served.find((action) => old.get(action) !== 'explicitDeny');
  return open
    ? failed(`a session issued before ${cutoff} would get ${old.get(open) ?? 'no answer'} for ${open}`)
    : passed(
        `SimulatePrincipalPolicy refuses ${served.join(', ')} to a session issued before ${cutoff} and allows it to a later one; the simulator had answered questions with known answers right`,
      );
}

const context = (issued: number, userid: string): object[] => [
  {
    ContextKeyName: 'aws:TokenIssueTime',
    ContextKeyType: 'date',
    ContextKeyValues: [new Date(issued).toISOString().replace('.000Z', 'Z')],
  },
  { ContextKeyName: 'aws:userid', ContextKeyType: 'string', ContextKeyValues: [userid] },
];

async function ask(operation: Operation, input: Record<string, unknown>, aws: CallAws): Promise<Decisions> {
  const { EvaluationResults, IsTruncated } = parseAnswer(operation, answered, await aws(operation, input));
  if (IsTruncated) throw new RescindError('ANSWER_UNEXPECTED', `${operation}: more than one page`);
  return new Map(EvaluationResults.map(({ EvalActionName, EvalDecision }) => [EvalActionName, EvalDecision]));
}
