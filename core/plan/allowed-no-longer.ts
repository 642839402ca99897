import type { Case } from '#core/case';
import { modes, type Settings } from '#core/settings';
import type { UserFacts } from '#core/step-facts';

/**
 * Why a change that was planned may be made no longer: somebody has deployed settings that allow less since the run
 * began. Null where it still may be.
 */
export function allowedNoLonger(
  { mode }: Pick<Case, 'mode'>,
  { arn }: Pick<UserFacts, 'arn'>,
  settings: Pick<Settings, 'mode' | 'protected'>,
): string | null {
  if (modes.indexOf(settings.mode) < modes.indexOf(mode)) return `the deployment is in mode ${settings.mode} by now`;
  return settings.protected.includes(arn) ? `${arn} is protected by now` : null;
}
