import { Logger } from '@aws-lambda-powertools/logger';

/** Structured logs; the case id is appended by whoever handles a case. Never handed an input or an answer of AWS. */
export const log = new Logger({ serviceName: 'rescind' });
