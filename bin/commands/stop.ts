import { stopReason } from '#core/plan/brakes';
import type { Terminal } from '../terminal.ts';
import type { Deployed } from './stack.ts';

/** `rescind stop`: from the next change on, no step changes anything. A cut that has begun is finished. */
export async function stopCommand(
  { reason }: { reason: string },
  { register, caller }: Pick<Deployed, 'register' | 'caller'>,
  { err }: Pick<Terminal, 'err'>,
): Promise<number> {
  const standing = await register.stopSwitch();
  if (standing?.stopped) {
    err(`${stopReason(standing)}; nothing was changed`);
    return 0;
  }
  const stop = { stopped: true, by: await caller(), at: new Date().toISOString(), reason };
  await register.setStopSwitch(stop);
  err(`${stopReason(stop)}; a cut that had begun is finished, every other case parks; "rescind resume" ends it`);
  return 0;
}
