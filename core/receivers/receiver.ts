import type { Settings } from '#core/settings';

/** A request as it came in over HTTP; names of headers in lower case. */
export interface HttpRequest {
  method: string;
  headers: Record<string, string | undefined>;
  body: Uint8Array;
}

/** What is answered, in the words of the sender's protocol; nothing of it is taken from the request. */
export interface Answer {
  status: number;
  body?: Record<string, string>;
}

/** What becomes of a request: an event for intake with its id at the sender, or nothing, and why. */
export type Received =
  | { outcome: 'accepted'; id: string; detailType: string; detail: Record<string, unknown>; answer: Answer }
  | { outcome: 'refused'; reason: string; answer: Answer };

/** Why a token is not believed; the first that is wrong. */
export type Disbelief = 'malformed' | 'key' | 'signature' | 'algorithm';

export interface ReceiverPorts {
  settings: Settings;
  now(): Date;
  /** The text of a secret of the deployment's own, by its ARN; read anew where it is doubted, a few seconds apart. */
  secret(arn: string, isDoubted?: boolean): Promise<string>;
  /** The payload of a JSON Web Signature whose key, by its `kid`, is in the set and fits one of the algorithms. */
  verify(
    token: string,
    keys: Settings['identityProviders']['ssf'][number]['keys'],
    algorithms: readonly string[],
  ): Promise<{ header: Record<string, unknown>; payload: Record<string, unknown> } | Disbelief>;
  /** HMAC with SHA-256, in hex. */
  hmac(secret: string, body: Uint8Array): Promise<string>;
}

/** A source that pushes to us over HTTP: a file of this folder, and a line in its index. */
export interface Receiver {
  /** The value of `finding.source`; its path is `/NAME`, its events come from `rescind.received.NAME`. */
  name: string;
  /** Whether the settings name a sender that it may believe. */
  isOn(settings: Settings): boolean;
  receive(request: HttpRequest, ports: ReceiverPorts): Promise<Received>;
}
