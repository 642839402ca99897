import type { Reading } from '#core/finding';
import { isAccountId, isRegion } from '#core/ids';
import { type Fields, isAbsent } from './fold.ts';
import type { refuse } from './refuse.ts';

/** Where an event of somebody outside AWS arrived: its envelope alone says so, and may leave either out. */
export function placeOf(
  envelope: Fields | undefined,
  invalid: ReturnType<typeof refuse>['invalid'],
): { account: string | null; region: string | null } | Reading {
  const { account, region } = envelope ?? {};
  if (!isAbsent(account) && !isAccountId(account)) return invalid('account', 'is not a text of 12 digits');
  if (!isAbsent(region) && !isRegion(region)) return invalid('region', 'is not an AWS Region');
  return { account: account ?? null, region: region ?? null };
}
