import type { ControlMessage } from '#core/intake/take-control';
import { queueAt } from './queue.ts';

/** Sends to the control queue, whose policy lets the operator's and the look's sessions in and nobody else. */
export function controlQueue(url: string, send = queueAt(url)) {
  return (message: ControlMessage): Promise<void> => send(JSON.stringify(message));
}
