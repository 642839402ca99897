import type * as v from 'valibot';
import { AwsRefusal } from '#core/ports';
import type { Register } from '#core/register';
import type { Settings } from '#core/settings';

/** The operations that checks ask of AWS. All of them read, and none reads a secret. */
export type Asked =
  | 'access-analyzer:ListAnalyzers'
  | 'cloudtrail:DescribeTrails'
  | 'cloudtrail:GetEventSelectors'
  | 'cloudtrail:GetTrailStatus'
  | 'events:DescribeEventSource'
  | 'events:DescribeRule'
  | 'events:ListTargetsByRule'
  | 'guardduty:GetDetector'
  | 'guardduty:ListDetectors'
  | 'lambda:GetFunction'
  | 'lambda:ListEventSourceMappings'
  | 'secretsmanager:DescribeSecret'
  | 'securityhub:DescribeHub'
  | 'securityhub:DescribeSecurityHubV2'
  | 'sns:GetTopicAttributes'
  | 'sqs:GetQueueAttributes';

/** What is examined together: a source that the deployment listens to, or a part of the deployment itself. */
export interface Part {
  name: string;
  /** Names of the checks that concern it, in the order in which they are told. */
  checks: readonly string[];
  /** The rules that listen for it; on the default bus unless another is named. */
  rules?: { names: readonly string[]; bus?: string | undefined } | undefined;
  /** What AWS tells EventBridge in these Regions alone. */
  onlyIn?: { regions: readonly string[]; what: string } | undefined;
  reader: Reader;
}

/** A function that is called for queues; these are names of outputs of the stack. */
export interface Reader {
  function: string;
  /** The first is the one that rules send to. */
  queues: readonly string[];
  /** Where messages end that failed, or that never arrived. */
  deadLetters: readonly string[];
}

export interface CheckPorts {
  /** Asks AWS and parses what it answers. Throws AwsRefusal, Retryable, and ANSWER_UNEXPECTED. */
  ask<S extends v.GenericSchema>(
    operation: Asked,
    input: Record<string, unknown>,
    answer: S,
  ): Promise<v.InferOutput<S>>;
  /** As they are deployed. */
  settings: Settings;
  partition: string;
  region: string;
  /** An output of the stack; throws where it has none of that name. */
  output(name: string): string;
  register: Pick<Register, 'stopSwitch' | 'cutsIn'>;
  now(): Date;
  /** How many keys of a set, which may be published under a URL, can verify a token; Retryable where nobody answers. */
  usableKeys(keys: Settings['identityProviders']['ssf'][number]['keys']): Promise<number>;
  /** The status that a GET of the URL is answered with; Retryable where nobody answers. */
  statusOf(url: string): Promise<number>;
}

/** What became of a check, or of the part of it that `about` names. What is not ok has a remedy. */
export type Verdict = { about?: string } & (
  | { state: 'ok'; detail: string }
  | { state: 'missing' | 'unknown'; detail: string; remedy: string }
);

export const ok = (detail: string, about?: string): Verdict => ({ ...(about && { about }), state: 'ok', detail });
export const missing = (detail: string, remedy: string, about?: string): Verdict => ({
  ...(about && { about }),
  ...{ state: 'missing', detail, remedy },
});
export const deployAgain = 'deploy the stack again (npx cdk deploy)';

/**
 * One thing that must be there for events to arrive and to be acted on. It asks and judges, and changes nothing. An
 * error that it throws becomes `unknown`: what could not be looked at is never ok.
 */
export interface Check {
  name: string;
  examine(part: Part, ports: CheckPorts): Promise<Verdict | Verdict[]>;
}

/** The answer, or null where AWS says that there is no such thing. */
export const orAbsent = <T>(answer: Promise<T>): Promise<T | null> =>
  answer.catch((error: unknown) => {
    if (error instanceof AwsRefusal && /^ResourceNotFound/.test(error.name)) return null;
    throw error;
  });

/** Queues are known by their names, at the end of URL and ARN. */
export const queueName = (address: string): string => address.split(/[/:]/).at(-1) ?? '';
