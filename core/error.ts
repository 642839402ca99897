/** What can go wrong, one sentence each. Tests and callers hold the code, never the wording. */
const problems = {
  CASE_UNKNOWN: 'no such case',
  CASE_CHANGED: 'the case was changed by another run',
  RAW_CHANGED: 'the stored bytes are not those that the register names',
  FINDING_UNREADABLE: 'the stored bytes no longer read as the finding that opened the case',
  AWS_REFUSED: 'AWS did not do what was asked',
  ANSWER_UNEXPECTED: 'AWS answered in a shape that its documentation does not show',
  SECRET_IN_RECORD: 'a record or message would have held a secret value',
  SETTINGS_INVALID: 'the settings are not valid',
  RECORD_CHANGED: 'the stored record is not the one that the register names',
  ROTATION_REFUSED: 'the secret is not rotated',
  RECORD_CONFLICT: 'another record holds this number',
  RECORD_FORGED: 'what stands in place of a record is not one that our key has signed',
} as const;

export type ErrorCode = keyof typeof problems;

/** The one error of the product: a code, the thing it is about, and what caused it. */
export class RescindError extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, about: string, options?: ErrorOptions) {
    super(`${problems[code]}: ${about}`, options);
    this.code = code;
    this.name = code;
  }
}

/** A fault that another try may cure (throttling, a 5xx, a dropped connection). The machine retries on this name alone. */
export class RetryableError extends Error {
  constructor(about: string, options?: ErrorOptions) {
    super(about, options);
    this.name = 'Retryable';
  }
}
