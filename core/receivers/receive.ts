import type { Settings } from '#core/settings';
import * as registry from './index.ts';
import type { Answer, HttpRequest, Receiver, ReceiverPorts } from './receiver.ts';

const receivers: readonly Receiver[] = Object.values(registry);
const largest = 200 * 1024;

export interface ReceivePorts extends ReceiverPorts {
  account: string;
  region: string;
  /** Whether an event of this sender and id has been sent on before. */
  isSeen(name: string, id: string): Promise<boolean>;
  remember(name: string, id: string): Promise<void>;
  /** Puts one event on the queue of received events. */
  send(event: string): Promise<void>;
}

export type Handled = { answer: Answer; receiver?: string } & (
  | { outcome: 'accepted' | 'repeated' }
  | { outcome: 'refused'; reason: string }
);

/** Whether the settings name anybody who may push to us. */
export const isAnyOn = (settings: Settings): boolean => receivers.some((receiver) => receiver.isOn(settings));

/**
 * One request, from its path to an event on the queue. Sent first and remembered after: what fails between the two is
 * sent again by whoever pushed it, and is then a repeat of its finding; the other way round it would be lost.
 */
export async function receive(path: string, request: HttpRequest, ports: ReceivePorts): Promise<Handled> {
  const receiver = receivers.find(({ name, isOn }) => path === `/${name}` && isOn(ports.settings));
  const refused = (status: number, reason: string): Handled => ({
    outcome: 'refused',
    reason,
    answer: { status, body: { message: reason } },
    ...(receiver && { receiver: receiver.name }),
  });
  if (!receiver) return refused(404, 'nobody receives here');
  if (request.method !== 'POST') return refused(405, 'only POST is taken here');
  if (request.body.byteLength > largest) return refused(413, 'the body is larger than 200 KiB');
  const { name } = receiver;
  const received = await receiver.receive(request, ports);
  const { answer } = received;
  if (received.outcome === 'refused') return { outcome: 'refused', reason: received.reason, answer, receiver: name };
  const { id, detailType, detail } = received;
  if (await ports.isSeen(name, id)) return { outcome: 'repeated', answer, receiver: name };
  const { account, region } = ports;
  const time = ports.now().toISOString();
  await ports.send(
    JSON.stringify({
      version: '0',
      source: `rescind.received.${name}`,
      'detail-type': detailType,
      ...{ account, region, time, detail },
    }),
  );
  await ports.remember(name, id);
  return { outcome: 'accepted', answer, receiver: name };
}
