import type { ProofPorts } from '#core/ports';
import type { RungResult } from '#core/step-facts';
import type { Cut } from './cut.ts';
import { failed } from './result.ts';

/**
 * The rung *configured*: IAM, asked by another call than the one that wrote, shows the change. What IAM answers may be
 * some seconds old (IAM User Guide, "Changes that I make are not always immediately visible"), so what does not show it
 * yet is asked for again, for as long as a deny may take to spread. A change that shows costs no wait.
 */
export async function configured(
  { action, target }: Pick<Cut, 'action' | 'target'>,
  ports: Pick<ProofPorts, 'aws' | 'now' | 'wait' | 'deployment'>,
): Promise<RungResult> {
  const patience = ports.deployment.settings.cutoffLeadSeconds * 1000;
  const from = ports.now().getTime();
  for (;;) {
    const shown = await action.readBack(target, ports.aws);
    if (shown.result !== 'failed') return shown;
    const waited = ports.now().getTime() - from;
    if (waited >= patience) return failed(`${shown.reason}, ${Math.round(waited / 1000)} s after it was first asked`);
    await ports.wait(1000);
  }
}
