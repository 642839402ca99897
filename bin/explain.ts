import { RescindError, RetryableError } from '#core/error';
import { AwsRefusal } from '#core/ports';

const staleCredentials =
  /^(ExpiredToken|InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|InvalidSignature|AuthFailure)/;
const noPermission = /^(AccessDenied|UnauthorizedOperation|NotAuthorized|AllAccessDisabled)/;

const byOperator = /^(dynamodb:UpdateItem|sqs:SendMessage|states:)/;

/** What stopped a command, as one line with its remedy, and the exit code: 1 the answer is no, 3 cannot reach what it needs. */
export function explain(error: unknown, stack: string): { line: string; exit: 1 | 3 } {
  if (error instanceof RescindError && error.code === 'CASE_UNKNOWN')
    return { line: `${error.message}: "rescind cases" lists those of stack ${stack}`, exit: 1 };
  return { line: reason(error, stack), exit: 3 };
}

function reason(error: unknown, stack: string): string {
  if (error instanceof RetryableError) return unreached(error);
  if (error instanceof AwsRefusal) return refused(error, stack);
  const { code, path, message, name } = error as NodeJS.ErrnoException;
  if (error instanceof RescindError) return message;
  if (code && path) return `cannot use ${path} (${code}): check the path, its permissions and the free space`;
  return `unexpected ${name}: ${oneLine(message)}: please report it with the command that you ran`;
}

function refused({ name, operation, message }: AwsRefusal, stack: string): string {
  if (operation === 'cloudformation:DescribeStacks' && /does not exist/.test(message))
    return `there is no stack ${stack} in this account and Region: deploy it, or name another with --stack and --region`;
  if (staleCredentials.test(name)) return `AWS does not take the credentials (${operation}: ${name}): renew them`;
  if (noPermission.test(name) && byOperator.test(operation))
    return `these credentials may not ${operation} (${name}): assume the role that stack ${stack} gives as OperatorRole`;
  if (noPermission.test(name))
    return `these credentials may not ${operation} (${name}): use some that may read stack ${stack}, its table, bucket and keys`;
  return `AWS refused: ${oneLine(message)}`;
}

function unreached(error: RetryableError): string {
  const cause = error.cause as (Error & { code?: string }) | undefined;
  const told = `${cause?.name ?? ''} ${cause?.message ?? ''}`;
  if (/CredentialsProvider|load credentials|Token is expired|SSO/i.test(told))
    return 'no AWS credentials: set AWS_PROFILE, or log in with the AWS CLI';
  if (/region is missing/i.test(told)) return 'no Region: give --region, or set AWS_REGION';
  const [operation = 'AWS'] = error.message.split(': ');
  return `cannot reach AWS (${operation}: ${cause?.code ?? cause?.name ?? 'no answer'}): check the network, and AWS_ENDPOINT_URL if it is set`;
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
