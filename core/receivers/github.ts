import { isAccessKeyId } from '#core/ids';
import type { HttpRequest, Received, Receiver, ReceiverPorts } from './receiver.ts';

const refused = (status: number, reason: string): Received => ({
  outcome: 'refused',
  reason,
  answer: { status, body: { message: reason } },
});
const delivery = /^[\w-]{1,64}$/;

/**
 * GitHub's webhooks for secret scanning alerts, signed by the secret that both sides know (GitHub Docs, "Validating
 * webhook deliveries"). What has leaked is dropped here: only what the finding is made of goes on.
 */
export const github: Receiver = {
  name: 'github',
  isOn: ({ github: sender }) => sender !== null,

  async receive({ headers, body }: HttpRequest, ports: ReceiverPorts): Promise<Received> {
    const { github: sender } = ports.settings;
    const [, told] = /^sha256=([0-9a-f]{64})$/.exec(headers['x-hub-signature-256'] ?? '') ?? [];
    if (!sender || told === undefined) return refused(401, 'the signature is missing');
    const isSigned = async (isDoubted: boolean) =>
      isEqual(await ports.hmac(await ports.secret(sender.secretArn, isDoubted), body), told);
    // GitHub sends no alert a second time: one that the next secret signs must not be refused for what is remembered.
    if (!(await isSigned(false)) && !(await isSigned(true))) return refused(401, 'the signature is wrong');
    const id = headers['x-github-delivery'] ?? '';
    if (!delivery.test(id)) return refused(400, 'the id of the delivery is missing');
    const event = headers['x-github-event'];
    if (event === 'ping') return refused(200, 'pong');
    if (event !== 'secret_scanning_alert') return refused(400, 'only secret_scanning_alert is taken here');
    const detail = detailOf(body);
    if (!detail) return refused(400, 'the body is not the JSON of an alert: choose application/json');
    return { outcome: 'accepted', id, detailType: event, detail, answer: { status: 202 } };
  },
};

/** Of equal time for every difference: both are hex of the same length. */
const isEqual = (one: string, other: string): boolean =>
  one.length === other.length && [...one].reduce((differs, sign, at) => differs + Number(sign !== other[at]), 0) === 0;

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What the source reads, and no more: neither the secret nor who has pushed it. */
function detailOf(body: Uint8Array): Json | null {
  const document = parsed(body);
  if (!isObject(document) || !isObject(document.alert) || !isObject(document.repository)) return null;
  const { number, secret_type, secret, state, publicly_leaked, created_at, updated_at } = document.alert;
  return {
    action: document.action,
    alert: {
      ...{ number, secret_type, state, publicly_leaked, created_at, updated_at },
      // The id of a key is no secret; everything else that may stand there is.
      ...(isAccessKeyId(secret) && { access_key_id: secret }),
    },
    repository: { full_name: document.repository.full_name },
  };
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return null;
  }
}
