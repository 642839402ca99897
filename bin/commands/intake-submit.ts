import { submission } from '#core/intake/submit';
import type { Terminal } from '../terminal.ts';
import { eventsIn } from './event-files.ts';
import type { Deployed } from './stack.ts';

interface Told {
  file: string;
  line: number;
  outcome: 'submitted' | 'ignored' | 'rejected';
  id?: string;
  type?: string;
  reason?: string;
  code?: string;
}

/**
 * `rescind intake submit FILE… | -`: hands what a scanner has found to intake, line by line, and drops the secret before
 * it sends anything. Exit 0 if no line was rejected, 1 if one was, 3 if a file could not be read; the others go on.
 */
export async function intakeSubmitCommand(
  { files, json, now }: { files: string[]; json: boolean; now: Date },
  { queues, place }: Pick<Deployed, 'queues' | 'place'>,
  io: Terminal,
): Promise<number> {
  const told: Told[] = [];
  let exit = 0;
  try {
    for (const file of files) {
      const events = await eventsIn(file, io);
      if (!events) exit = 3;
      for (const { line, bytes } of events ?? []) {
        if (bytes.length === 0) continue;
        const submitted = submission(bytes, { ...place, now });
        // Told once it is sent: where AWS refuses a message, what came before it stands.
        if (submitted.outcome === 'submitted') await queues.send.received(submitted.event);
        if (submitted.outcome === 'rejected') exit = Math.max(exit, 1);
        const one = { file, line, ...tell(submitted) };
        told.push(one);
        if (!json) io.out(sentence(one));
      }
    }
  } finally {
    if (json) io.out(JSON.stringify(told));
  }
  if (told.length === 0 && exit === 0) io.err('nothing to hand over: the input has no line');
  return exit;
}

function tell(submitted: ReturnType<typeof submission>): Pick<Told, 'outcome' | 'id' | 'type' | 'reason' | 'code'> {
  switch (submitted.outcome) {
    case 'submitted':
      return { outcome: 'submitted', id: submitted.finding.id, type: submitted.finding.type };
    case 'ignored':
      return { outcome: 'ignored', reason: submitted.reason };
    case 'rejected':
      return { outcome: 'rejected', code: submitted.code, reason: submitted.message };
  }
}

const sentence = ({ file, line, outcome, id, type, code, reason }: Told): string =>
  `${outcome} ${file}:${line}: ${[code, reason, type, id].filter((part) => part !== undefined).join(': ')}`;
