import { setTimeout as pause } from 'node:timers/promises';
import type { RollbackEnd } from '#adapters/rollback-machine';
import type { Terminal } from '../terminal.ts';
import type { Deployed } from './stack.ts';

/** `rescind rollback`: takes back what a case has changed. Exit 1 where anything was refused. */
export async function rollbackCommand(
  { caseId, json }: { caseId: string; json: boolean },
  { register, rollback, caller }: Pick<Deployed, 'register' | 'rollback' | 'caller'>,
  { out, err }: Pick<Terminal, 'out' | 'err'>,
  everyMs = 500,
): Promise<number> {
  await register.load(caseId);
  const execution = await rollback.start({ caseId, by: await caller() });
  err(`started ${execution}`);
  let end: RollbackEnd | null;
  // The machine ends each execution within ten minutes, so this ends too.
  for (;;) {
    end = await rollback.ended(execution);
    if (end) break;
    await pause(everyMs);
  }
  if (end.status !== 'SUCCEEDED') {
    err(
      `the rollback ended as ${end.status}: ${end.error}: see what was done with "rescind case show ${caseId}", then run it again`,
    );
    return 1;
  }
  const { rolledBack } = end;
  if (json) out(JSON.stringify(rolledBack));
  if (rolledBack.outcome !== 'rolled-back') {
    err(`${caseId}: nothing was taken back: ${rolledBack.reason}`);
    return rolledBack.outcome === 'refused' ? 1 : 0;
  }
  if (!json)
    for (const { action, credential, outcome, reason } of rolledBack.items)
      out(`${outcome.padEnd(12)} ${action} of ${credential}: ${reason}`);
  err(`written down in record ${rolledBack.record} of ${caseId}`);
  return rolledBack.items.some(({ outcome }) => outcome === 'refused') ? 1 : 0;
}
