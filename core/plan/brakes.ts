import { executionName } from '#core/ids';
import type { Ports } from '#core/ports';
import type { Register, StopSwitch } from '#core/register';

export const stopReason = ({ by, at, reason }: StopSwitch): string =>
  `the stop switch is on since ${at}, set by ${by}: ${reason}`;

/** What holds a run's changes back, asked of the register: both answer null where the run may go on. */
export function brakesOf(
  { id, run, simulated }: { id: string; run: number; simulated: boolean },
  register: Pick<Register, 'stopSwitch' | 'countCut'>,
  { now, deployment }: Pick<Ports, 'now' | 'deployment'>,
): Pick<Ports, 'stopped' | 'countCut'> {
  const { cutsPerHour } = deployment.settings;
  return {
    async stopped() {
      const stop = await register.stopSwitch();
      return stop?.stopped ? { is: 'stopped', reason: stopReason(stop) } : null;
    },
    async countCut() {
      const hour = now().toISOString().slice(0, 13);
      // Whoever may simulate could else use the limit up and shield a real identity.
      const count = simulated ? `simulated#${hour}` : hour;
      if (await register.countCut(executionName(id, run), count, cutsPerHour)) return null;
      return {
        is: 'limit',
        reason: `${cutsPerHour} runs have cut in the hour from ${hour}:00 UTC (cutsPerHour)`,
      };
    },
  };
}
