import { stopReason } from '#core/plan/brakes';
import { type Check, missing, ok } from './check.ts';

/** What holds every cut back: the stop switch, and the limit of the hour. */
export const brakes: Check = {
  name: 'brakes',
  async examine(_, { register, settings: { mode, cutsPerHour }, now }) {
    const [stop, cuts] = await Promise.all([register.stopSwitch(), register.cutsIn(now().toISOString().slice(0, 13))]);
    if (stop?.stopped) return missing(stopReason(stop), 'rescind resume, once you know why');
    return cuts >= cutsPerHour
      ? missing(
          `${cuts} runs have cut in this hour, and ${cutsPerHour} may (cutsPerHour): the next one asks`,
          'look whether the findings are real; then wait for the next hour, or raise the setting',
        )
      : ok(`mode ${mode}; ${cuts} of ${cutsPerHour} runs have cut in this hour`);
  },
};
