import { askAws, statusOf } from '#adapters/checks';
import { deployedSettings } from '#adapters/deployed-settings';
import { usableKeys } from '#adapters/tokens';
import type { Around } from '#core/checks/examine';
import { algorithms } from '#core/receivers/ssf';
import type { Deployed } from './stack.ts';

/** What checks ask, of the deployment and with the caller's credentials. */
export function surroundings({ register, output }: Pick<Deployed, 'register' | 'output'>): Around {
  const [, partition = '', , region = ''] = output('CaseMachine').split(':');
  return {
    ...{ partition, region, register, output, statusOf },
    aws: askAws,
    now: () => new Date(),
    deployedSettings: () => deployedSettings('rescind-intake'),
    usableKeys: (keys) => usableKeys(keys, algorithms),
  };
}
