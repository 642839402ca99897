import type { Terminal } from '../terminal.ts';
import type { Deployed } from './stack.ts';

/** `rescind resume`: changes are made again. What was parked meanwhile stays so until somebody retries it. */
export async function resumeCommand(
  { reason }: { reason: string },
  { register, caller }: Pick<Deployed, 'register' | 'caller'>,
  { err }: Pick<Terminal, 'err'>,
): Promise<number> {
  const standing = await register.stopSwitch();
  if (!standing?.stopped) {
    err('the stop switch is off; nothing was changed');
    return 0;
  }
  await register.setStopSwitch({ stopped: false, by: await caller(), at: new Date().toISOString(), reason });
  err('the stop switch is off; "rescind cases" shows what was parked, and "rescind case retry" takes it up again');
  return 0;
}
