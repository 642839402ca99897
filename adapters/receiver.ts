import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { RetryableError } from '#core/error';
import { receive } from '#core/receivers/receive';
import { clientSettings, send } from './client.ts';
import { deployment, given } from './deployment.ts';
import { log } from './log.ts';
import { queueAt } from './queue.ts';
import { receivedRows } from './received-rows.ts';
import { hmac, verifyToken } from './tokens.ts';

const secrets = new SecretsManagerClient(clientSettings);
/** For how long it is not read again, and where a request doubts it: whoever sends junk must not make calls. */
const kept = { milliseconds: 60_000, doubtedMilliseconds: 5_000 };
const known = new Map<string, { text: Promise<string>; at: number }>();

function secret(arn: string, isDoubted = false): Promise<string> {
  const before = known.get(arn);
  const age = Date.now() - (before?.at ?? 0);
  if (before && age < (isDoubted ? kept.doubtedMilliseconds : kept.milliseconds)) return before.text;
  const asked = new GetSecretValueCommand({ SecretId: arn });
  const text = send('secretsmanager:GetSecretValue', () => secrets.send(asked)).then(
    ({ SecretString }) => SecretString ?? Promise.reject(new Error('the secret that signs webhooks is no text')),
  );
  known.set(arn, { text, at: Date.now() });
  text.catch(() => known.delete(arn));
  return text;
}

/** The Lambda behind the HTTP API: whoever may reach it may call it. Nothing of a request is logged but its path. */
export async function receiverHandler(
  event: APIGatewayProxyEventV2,
  context: Context,
): Promise<APIGatewayProxyStructuredResultV2> {
  log.addContext(context);
  const { settings, account, region } = deployment(context.invokedFunctionArn);
  const now = () => new Date();
  const { rawPath, headers, body = '', isBase64Encoded, requestContext } = event;
  const request = {
    method: requestContext.http.method,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    body: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'),
  };
  const ports = {
    ...{ settings, account, region, now, secret, hmac },
    verify: verifyToken,
    send: queueAt(given('RECEIVED_QUEUE')),
    ...receivedRows(given('REGISTER'), now),
  };
  try {
    const { answer, outcome, receiver, ...why } = await receive(rawPath, request, ports);
    // The words of the metric and its alarm (`lib/receiver.ts`).
    log.info(outcome === 'refused' ? 'request refused' : 'request taken', { receiver, outcome, ...why });
    return answered(answer.status, answer.body);
  } catch (error) {
    const { name, message } = error as Error;
    log.error('request failed', { name, message });
    return error instanceof RetryableError
      ? answered(503, { message: 'try again' })
      : answered(500, { message: 'failed' });
  }
}

const answered = (statusCode: number, body?: Record<string, string>): APIGatewayProxyStructuredResultV2 => ({
  statusCode,
  headers: {
    'cache-control': 'no-store',
    ...(body && { 'content-type': 'application/json', 'content-language': 'en' }),
  },
  body: body ? JSON.stringify(body) : '',
});
