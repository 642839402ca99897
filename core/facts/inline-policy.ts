import * as v from 'valibot';
import { AwsRefusal, type CallAws, type Operation } from '#core/ports';
import { parseAnswer } from './answer.ts';

const policyAnswer = v.object({ PolicyDocument: v.string() });

/** An inline policy as IAM has it, as JSON text in one form; null where there is none of that name. */
export async function inlinePolicy(
  operation: Operation & `iam:Get${string}Policy`,
  input: Record<string, string>,
  aws: CallAws,
): Promise<string | null> {
  try {
    return decoded(parseAnswer(operation, policyAnswer, await aws(operation, input)).PolicyDocument);
  } catch (error) {
    if (error instanceof AwsRefusal && error.name === 'NoSuchEntityException') return null;
    throw error;
  }
}

/** IAM answers policy documents URL-encoded (API reference, GetUserPolicy); our text has no `%`, so decoding is safe twice. */
function decoded(text: string): string {
  try {
    return JSON.stringify(JSON.parse(decodeURIComponent(text)));
  } catch {
    return text;
  }
}
