/** Why a pack is refused, in the order in which the checks are made. Tests and callers hold the class, never the wording. */
export const failureClasses = {
  unreadable: 'the path cannot be read',
  policy: 'the policy is not one',
  zip: 'the archive is damaged or ambiguous',
  size: 'the pack is larger than a pack may be',
  path: 'a file has a path that no pack has',
  manifest: 'manifest.json is missing or not in its one form',
  'manifest-version': 'the pack has a layout that this verifier does not know',
  'missing-file': 'a file that must be there is not',
  'extra-file': 'a file is not listed in the manifest',
  'file-hash': 'a file does not have the hash that the manifest lists',
  number: 'the records are not numbered 1, 2, 3 …',
  envelope: 'a record is not a DSSE envelope with one signature in its one form',
  'payload-type': 'an envelope holds something else than an in-toto statement',
  'key-unknown': 'the signing key is not in the policy',
  'signature-form': 'a signature is not strict DER',
  signature: 'a signature does not fit the bytes',
  statement: 'what was signed is not a statement of ours',
  'record-name': 'a record is not the one that its file name says',
  'key-step': 'the policy does not let this key sign this step',
  case: 'a record belongs to another case',
  run: 'the run goes backwards',
  order: 'the steps cannot follow each other like this',
  chain: 'a record does not name the one before it',
  time: 'the clocks contradict each other',
  closes: 'the closing record does not list exactly the records before it',
  raw: 'raw bytes and the records that rest on them do not match',
  'not-closed': 'the case has no closing record, so completeness cannot be shown',
  'report-version': 'the report was made by another version of the renderer',
  report: 'the report is not what the signed records say',
  'origin-not-checked': 'no policy was given, so anybody may have signed this',
} as const;

export type FailureClass = keyof typeof failureClasses;

export interface Failure {
  class: FailureClass;
  /** The file of the pack, or `policy`. */
  where: string;
  /** One line of printable ASCII. */
  message: string;
}

/** Carries a failure out of the checks; `verifyPack` turns it into a value. */
export class Refusal extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** Everything quoted comes from a stranger: line breaks, escape sequences and bidi marks must not reach a terminal. */
export const printable = (text: string): string =>
  (text.length > 200 ? `${text.slice(0, 200)}...` : text).replace(
    /[^\x20-\x7e]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

export function refuse(kind: FailureClass, where: string, message: string): never {
  throw new Refusal({ class: kind, where: printable(where), message: printable(message) });
}
