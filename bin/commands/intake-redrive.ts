import type { DeadLetter } from '#adapters/dead-letters';
import { parseSettings } from '#core/settings';
import { readEvent } from '#core/sources/read';
import type { Terminal } from '../terminal.ts';
import type { Deployed } from './stack.ts';

/** What is done with a dead letter: where it is sent again, or why it is left. */
type Way = { to: 'received' | 'control' } | { left: string };

/** `rescind intake redrive`: hands dead letters to intake again, and leaves those that it would refuse again. */
export async function intakeRedriveCommand(
  { limit, json }: { limit: number; json: boolean },
  { queues }: Pick<Deployed, 'queues'>,
  { out, err }: Pick<Terminal, 'out' | 'err'>,
): Promise<number> {
  const letters = await queues.deadLetters(limit);
  const undelivered = await queues.undelivered(limit);
  const ways = [
    ...letters.map((letter) => ({ letter, way: wayOf(letter, letter.movedFrom, queues.names) })),
    // EventBridge puts it there, and its policy lets nobody else.
    ...undelivered.map((letter) => ({ letter, way: wayOf(letter, queues.names.intake, queues.names) })),
  ];
  const told: { id: string; outcome: 'redriven' | 'left'; reason?: string }[] = [];
  for (const { letter, way } of ways) {
    if ('left' in way) told.push({ id: letter.id, outcome: 'left', reason: way.left });
    else {
      // Sent first: what dies between the two is a repeat, and not lost.
      await queues.send[way.to](letter.body);
      await letter.remove();
      told.push({ id: letter.id, outcome: 'redriven' });
    }
  }
  if (json) out(JSON.stringify(told));
  else for (const { id, outcome, reason } of told) out(reason ? `${outcome} ${id}: ${reason}` : `${outcome} ${id}`);
  if (told.length === 0) err('no dead letter waits');
  return told.some(({ outcome }) => outcome === 'left') ? 1 : 0;
}

function wayOf({ body }: DeadLetter, movedFrom: string | undefined, names: Deployed['queues']['names']): Way {
  if (movedFrom === undefined)
    return { left: 'SQS has not moved it there itself: somebody wants it handed on; delete it, and find out who' };
  if (movedFrom === names.control) return { to: 'control' };
  if (movedFrom !== names.intake && movedFrom !== names.received)
    return { left: 'it comes from no queue of this deployment' };
  // The lists and tables of the deployment change no reading into a refusal.
  const readings = readEvent(body, { lists: parseSettings({}), byRule: movedFrom === names.intake });
  const rejected = readings.find((reading) => reading.outcome === 'rejected');
  if (rejected) return { left: `${rejected.code}: ${rejected.message}` };
  const isWork = readings.some(({ outcome }) => outcome === 'finding');
  return isWork ? { to: 'received' } : { left: 'no finding is in it' };
}
