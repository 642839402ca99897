import { Logger } from '@aws-lambda-powertools/logger';

/**
 * Structured logs; the case id is appended by whoever handles a case. Never handed an input or an answer of AWS.
 * The CLI uses the same adapters, and its stdout is data: only a Lambda logs.
 */
export const log = new Logger({
  serviceName: 'rescind',
  logLevel: process.env.AWS_LAMBDA_FUNCTION_NAME ? 'INFO' : 'SILENT',
});
